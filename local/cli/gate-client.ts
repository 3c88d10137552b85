import { createHash, createHmac } from 'node:crypto'
import type { defaultProvider } from '@aws-sdk/credential-provider-node'
import { SignatureV4 } from '@smithy/signature-v4'
import { UsageError } from '../replay/scenario.ts'

/** One request that waits for a person, as the decision function lists it. */
export interface Waiting {
  incidentId: string
  planHash: string
  pool: string
  summary: string
  requestedAt: string
  expiresAt: string
}

export interface GateClient {
  list(): Promise<Waiting[]>
  /** Answers what the function says. Throws with its words when it refuses. */
  decide(incidentId: string, verb: 'approve' | 'reject', planHash: string, reason?: string): Promise<string>
}

/** SHA-256 in the form that the signer takes. */
class Sha256 {
  readonly #hash
  constructor(secret?: Uint8Array | string) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as never)
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
}

/** The region of a function URL: `https://<id>.lambda-url.<region>.on.aws/`. Throws UsageError for any other URL. */
export const regionOf = (url: string): string => {
  const region = /^https:\/\/[a-z0-9]+\.lambda-url\.([a-z0-9-]+)\.on\.aws\/?$/.exec(url)?.[1]
  if (!region) throw new UsageError(`"${url}" is no function URL; set AGENT_MEDIC_GATE_URL to the stack's DecisionUrl`)
  return region
}

/** Signs requests to the decision function with the caller's own credentials: who decides is what IAM says of them. */
export const createGateClient = (
  url: string,
  credentials: ReturnType<typeof defaultProvider>,
  send: typeof fetch = fetch,
): GateClient => {
  const { hostname } = new URL(url)
  const signer = new SignatureV4({ service: 'lambda', region: regionOf(url), credentials, sha256: Sha256 as never })
  const call = async (method: 'GET' | 'POST', path: string, body?: object): Promise<Record<string, unknown>> => {
    const text = body ? JSON.stringify(body) : undefined
    const signed = await signer.sign({
      method,
      protocol: 'https:',
      hostname,
      path,
      query: {},
      headers: { host: hostname, ...(text ? { 'content-type': 'application/json' } : {}) },
      ...(text ? { body: text } : {}),
    })
    const response = await send(`https://${hostname}${path}`, {
      method,
      headers: signed.headers,
      ...(text ? { body: text } : {}),
    })
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
    if (response.ok) return answer
    const why = answer['error'] ?? answer['Message'] ?? 'no reason given'
    throw new Error(`the decision function answered ${response.status}: ${String(why)}`)
  }
  return {
    async list() {
      return ((await call('GET', '/approvals'))['approvals'] ?? []) as Waiting[]
    },
    async decide(incidentId, verb, planHash, reason) {
      const answer = await call('POST', `/approvals/${incidentId}/${verb}`, { planHash, ...(reason ? { reason } : {}) })
      return String(answer['workflow'])
    },
  }
}
