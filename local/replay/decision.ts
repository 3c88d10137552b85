import type { SentMessage } from './replay.ts'

/** What a person says to a gate. */
export interface Answer {
  verdict: 'approve' | 'reject'
  /** The identity that IAM would put into the request's context. */
  by: string
  reason?: string
}

interface Listed {
  incidentId: string
  planHash: string
}

const request = (method: string, rawPath: string, by: string, body?: object) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath,
  rawQueryString: '',
  headers: {},
  isBase64Encoded: false,
  ...(body ? { body: JSON.stringify(body) } : {}),
  requestContext: {
    accountId: '111122223333',
    http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.17', userAgent: 'agent-medic gate' },
    authorizer: { iam: { accountId: '111122223333', callerId: 'AROAEXAMPLE:on-call', userArn: by } },
  },
})

/** Answers a gate as `npm run gate` does, through the decision function: list, then decide about the listed plan. */
export const decideThrough = async (
  invoke: (functionName: string, payload: unknown) => Promise<unknown>,
  message: SentMessage,
  { verdict, by, reason }: Answer,
): Promise<void> => {
  const listed = (await invoke('decide-approval', request('GET', '/approvals', by))) as {
    statusCode: number
    body: string
  }
  if (listed.statusCode !== 200) throw new Error(`the decision function answered ${listed.statusCode}: ${listed.body}`)
  const { approvals } = JSON.parse(listed.body) as { approvals: Listed[] }
  const wanted = approvals.find(({ incidentId }) => message.body.includes(`approve ${incidentId}`))
  // Decided or expired meanwhile: there is nothing left to answer.
  if (!wanted) return
  const path = `/approvals/${wanted.incidentId}/${verdict}`
  const answer = (await invoke(
    'decide-approval',
    request('POST', path, by, { planHash: wanted.planHash, ...(reason ? { reason } : {}) }),
  )) as {
    statusCode: number
    body: string
  }
  if (answer.statusCode !== 200 && answer.statusCode !== 409 && answer.statusCode !== 410)
    throw new Error(`the decision function answered ${answer.statusCode}: ${answer.body}`)
}
