import { groupNoticesLoss } from '../account/groups.ts'
import { stopInstance } from '../account/instances.ts'
import type { AccountState } from '../account/state.ts'
import { endTask } from '../account/tasks.ts'
import { type Host, powerOff, settle, startUnit, stopUnit, writeLog } from './host.ts'
import type { Fault } from './world.ts'

const breakHost = (host: Host, fault: Fault, { timeline }: AccountState): void => {
  const now = timeline.now()
  const end = (result: string, exitCode: number) => {
    host.service = { ...host.service, state: 'failed', result, exitCode, since: now }
  }
  switch (fault.kind) {
    case 'service-stopped':
      stopUnit(host, timeline)
      break
    case 'service-will-not-start':
      host.software = fault.forGood ? 'broken-for-good' : 'broken'
      startUnit(host, timeline)
      break
    case 'service-dies-again':
      host.lastsSeconds = fault.afterSeconds
      end('exit-code', 1)
      break
    case 'log-line':
      writeLog(host, now, fault.message)
      break
    case 'agent-hung':
      host.hung = true
      break
    case 'config-corrupt':
      host.config = 'corrupt'
      startUnit(host, timeline)
      break
    case 'memory-exhausted':
      host.memory = { ...host.memory, usedPercent: 40, peakPercent: 97, oomKillAt: now }
      writeLog(host, now, 'kernel: Out of memory: Killed process 1201 (agent)')
      end('oom-kill', 137)
      break
    case 'disk-full': {
      const workspace = Object.keys(host.disks).find((mount) => mount !== '/')
      const disk = workspace ? host.disks[workspace] : undefined
      if (disk)
        Object.assign(disk, {
          usedBytes: disk.totalBytes,
          removableBytes: fault.removable ? disk.totalBytes * 0.45 : 0,
        })
      startUnit(host, timeline)
      break
    }
    case 'clock-skew':
      host.clock = { offsetSeconds: fault.seconds, synchronised: false }
      break
    case 'ssm-agent-dead':
      host.ssmAgent = fault.untilBoot ? 'dead-until-boot' : 'dead'
      break
    default:
  }
  settle(host, timeline)
}

/** Makes a fault true of an agent, at the timeline's present instant. Throws when the agent can't have it. */
export const applyFault = (state: AccountState, id: string, fault: Fault): void => {
  const { timeline } = state
  if (fault.kind === 'task-out-of-memory') {
    const task = state.tasks.get(id)
    if (!task) throw new Error(`world.json: ${id} is no ECS task, so it can't have the fault ${fault.kind}`)
    endTask(state, task, {
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      exitCode: 137,
      containerReason: 'OutOfMemoryError: Container killed due to memory usage',
    })
    return
  }
  const host = state.hosts.get(id)
  if (!host) throw new Error(`world.json: there is no host ${id}`)
  const instance = state.instances.get(id)
  const needsInstance = () => {
    if (!instance) throw new Error(`world.json: ${id} is no EC2 instance, so it can't have the fault ${fault.kind}`)
    return instance
  }
  switch (fault.kind) {
    case 'instance-impaired': {
      const impaired = needsInstance()
      impaired.impaired = fault.check
      powerOff(host, timeline)
      groupNoticesLoss(state, impaired)
      break
    }
    case 'instance-profile-missing':
      needsInstance().profileArn = null
      // What the instance holds goes on until it expires: role credentials of EC2 last up to six hours.
      host.credentialsUntil = new Date(timeline.now().getTime() + fault.credentialsLeftSeconds * 1000)
      timeline.at(host.credentialsUntil, () => settle(host, timeline))
      break
    case 'stopped-on-purpose':
      stopInstance(state, needsInstance())
      break
    default:
      breakHost(host, fault, state)
  }
}
