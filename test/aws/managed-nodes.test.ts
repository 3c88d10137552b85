import { expect, it } from 'vitest'
import { awsManagedNodes } from '../../functions/aws/managed-nodes.ts'
import { aNode, answering } from './a-platform.ts'

it('tells what Systems Manager knows of a node', async () => {
  const { platform, calls } = answering({
    DescribeInstanceInformation: {
      InstanceInformationList: [
        {
          PingStatus: 'ConnectionLost',
          LastPingDateTime: new Date('2026-03-01T01:50:00Z'),
          AgentVersion: '3.3.3572.0',
        },
      ],
    },
  })
  expect(await awsManagedNodes(platform).describe(aNode())).toEqual({
    ping: 'ConnectionLost',
    lastPingAt: '2026-03-01T01:50:00.000Z',
    ssmAgentVersion: '3.3.3572.0',
  })
  expect(calls[0]?.input).toEqual({ Filters: [{ Key: 'InstanceIds', Values: [aNode().id] }] })
})

it('tells that a node never registered', async () => {
  const { platform } = answering({ DescribeInstanceInformation: { InstanceInformationList: [] } })
  expect(await awsManagedNodes(platform).describe(aNode())).toMatchObject({ ping: 'not-registered', lastPingAt: null })
})
