import { describe, expect, it } from 'vitest'
import { createGateClient } from '../../../local/cli/gate-client.ts'
import { readGateArguments, runGate } from '../../../local/cli/gate-command.ts'

const url = 'https://abc123.lambda-url.eu-central-1.on.aws/'
const waiting = {
  incidentId: 'inc-20260115-0a1b2c3d',
  planHash: 'f'.repeat(64),
  pool: 'linux-builders',
  summary: 'May we reboot?',
  requestedAt: '',
  expiresAt: '2026-01-15T03:00:00Z',
}

describe('npm run gate', () => {
  it.each([
    ['no verb', [], /npm run gate -- list/],
    ['no incident', ['approve'], /name the incident/],
    ['no reason', ['reject', 'inc-1'], /give a --reason/],
    ['an unknown option', ['list', '--who', 'me'], /Unknown option/],
  ])('says what is missing: %s', (_what, argv, words) => {
    expect(() => readGateArguments(argv, url)).toThrow(words)
  })

  it('asks for the URL when there is none, and refuses one that is no function URL', () => {
    expect(() => readGateArguments(['list'], undefined)).toThrow(/AGENT_MEDIC_GATE_URL/)
    expect(() =>
      createGateClient('https://example.com', async () => ({ accessKeyId: 'a', secretAccessKey: 'b' })),
    ).toThrow(/no function URL/)
  })

  it('shows the plan and decides about the one that waits, by its hash', async () => {
    const decided: unknown[] = []
    const said: string[] = []
    const client = {
      list: async () => [waiting],
      decide: async (...args: unknown[]) => {
        decided.push(args)
        return 'goes on'
      },
    }
    await runGate({ verb: 'approve', incidentId: waiting.incidentId, url }, client, (text) => said.push(text))
    expect(said[0]).toContain('May we reboot?')
    expect(decided).toEqual([[waiting.incidentId, 'approve', waiting.planHash, undefined]])
  })

  it('says so when nothing waits for the incident', async () => {
    const client = { list: async () => [], decide: async () => '' }
    await expect(runGate({ verb: 'approve', incidentId: 'inc-1', url }, client, () => {})).rejects.toThrow(
      /nothing waits for inc-1/,
    )
  })

  it("signs each request with the caller's credentials, and never names a person", async () => {
    const sent: { url: string; init: RequestInit }[] = []
    const send = (async (target: string, init: RequestInit) => {
      sent.push({ url: target, init })
      return new Response(JSON.stringify({ approvals: [waiting], workflow: 'goes on' }))
    }) as typeof fetch
    const client = createGateClient(url, async () => ({ accessKeyId: 'EXAMPLE', secretAccessKey: 'example' }), send)
    await client.decide(waiting.incidentId, 'reject', waiting.planHash, 'not now')
    const headers = sent[0]?.init.headers as Record<string, string>
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=EXAMPLE\/\d{8}\/eu-central-1\/lambda\/aws4_request/,
    )
    expect(JSON.parse(String(sent[0]?.init.body))).toEqual({ planHash: waiting.planHash, reason: 'not now' })
  })

  it('gives the words of a refusal', async () => {
    const send = (async () =>
      new Response(JSON.stringify({ error: 'it was approved already' }), { status: 409 })) as typeof fetch
    const client = createGateClient(url, async () => ({ accessKeyId: 'EXAMPLE', secretAccessKey: 'example' }), send)
    await expect(client.list()).rejects.toThrow(/409: it was approved already/)
  })
})
