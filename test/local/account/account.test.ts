import {
  DescribeInstancesCommand,
  DescribeVpcsCommand,
  type EC2Client,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2'
import { SendCommandCommand, type SSMClient } from '@aws-sdk/client-ssm'
import { afterEach, describe, expect, it } from 'vitest'
import { ec2Client, ssmClient } from '../../../functions/aws/clients.ts'
import { aSimulatedAccount } from '../../evidence/a-simulated-account.ts'

const id = 'i-0a1b2c3d4e5f60001'
const others = ['i-0a1b2c3d4e5f60002', 'i-0a1b2c3d4e5f60003']
let scene: ReturnType<typeof aScene>
const aScene = (faults: object[] = [], apiFaults: object[] = []) => {
  const agents = [
    { pool: 'linux-builders', id, faults },
    ...others.map((each) => ({ pool: 'linux-builders', id: each })),
  ]
  const made = aSimulatedAccount({ agents, apiFaults })
  const ec2 = ec2Client(made.platform) as EC2Client
  const ssm = ssmClient(made.platform) as SSMClient
  return { ...made, ec2, ssm, until: made.clock.until }
}
afterEach(() => scene.clock.stop())
const named = (name: string) => expect.objectContaining({ name })
const restart = (
  instance: string,
  parameters: Record<string, string[]> = { Unit: ['worker.service'], ActionId: ['a'] },
) =>
  new SendCommandCommand({
    DocumentName: 'agent-medic-restart-service',
    InstanceIds: [instance],
    Parameters: parameters,
  })

describe('the simulated account refuses what AWS refuses', () => {
  it('an instance id of the wrong form, and one that does not exist', async () => {
    scene = aScene()
    const describeOne = (instance: string) =>
      scene.until(scene.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instance] })))
    await expect(describeOne('i-xyz')).rejects.toEqual(named('InvalidInstanceID.Malformed'))
    await expect(describeOne('i-0ffffffffffffffff')).rejects.toEqual(named('InvalidInstanceID.NotFound'))
  })

  it('a document that was never deployed, a parameter that it does not have, a target that is not managed', async () => {
    scene = aScene()
    const send = (command: SendCommandCommand) => scene.until(scene.ssm.send(command))
    await expect(
      send(new SendCommandCommand({ DocumentName: 'AWS-RunShellScript', InstanceIds: [id], Parameters: {} })),
    ).rejects.toEqual(named('InvalidDocument'))
    await expect(send(restart(id, { Commands: ['rm'] }))).rejects.toEqual(named('InvalidParameters'))
    await expect(send(restart('i-0ffffffffffffffff'))).rejects.toEqual(named('InvalidInstanceId'))
  })

  it('a command to an instance that is stopped', async () => {
    scene = aScene([{ kind: 'stopped-on-purpose' }])
    await expect(scene.until(scene.ssm.send(restart(id)))).rejects.toEqual(named('InvalidInstanceId'))
  })

  it('starting what is going away', async () => {
    scene = aScene()
    await scene.until(scene.ec2.send(new StopInstancesCommand({ InstanceIds: [id] })))
    await expect(scene.until(scene.ec2.send(new StartInstancesCommand({ InstanceIds: [id] })))).rejects.toEqual(
      named('IncorrectInstanceState'),
    )
  })

  it('what it does not model, in operations and in input, instead of answering nothing', async () => {
    scene = aScene()
    await expect(scene.until(scene.ec2.send(new DescribeVpcsCommand({})))).rejects.toThrow(
      /does not model ec2 DescribeVpcs/,
    )
    await expect(
      scene.until(scene.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id], MaxResults: 5 }))),
    ).rejects.toThrow(/does not model ec2 DescribeInstances with .*MaxResults/)
  })
})

describe('the simulated account throttles as AWS throttles', () => {
  it("is met by the SDK's own retries, which sleep on the virtual clock", async () => {
    scene = aScene([], [{ service: 'ec2', operation: 'DescribeInstances', kind: 'throttle', times: 2 }])
    const before = scene.clock.now().getTime()
    await scene.until(scene.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })))
    expect(scene.clock.now().getTime() - before).toBeGreaterThan(300)
  })

  it('gives its own name for it once they are used up', async () => {
    scene = aScene([], [{ service: 'ec2', operation: 'DescribeInstances', kind: 'throttle' }])
    await expect(scene.until(scene.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })))).rejects.toEqual(
      named('RequestLimitExceeded'),
    )
  })

  it('meters StartInstances by its published bucket', async () => {
    scene = aScene()
    const outcomes = await scene.until(
      Promise.allSettled(
        Array.from({ length: 30 }, () => scene.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }))),
      ),
    )
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true)
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true)
  })
})
