import { fact, fullestDisk, hostOf, logLinesOf } from './facts.ts'
import { insufficient, matched, notMatched, type Rule } from './rule.ts'

const cause = 'disk-full'
const noSpace = /ENOSPC|no space left on device/i
/** From here a write of any size may fail; below it an ENOSPC line is needed as well. */
const fullPercent = 98
const tightPercent = 90

/**
 * A file system has no room. It explains a stopped or crashing agent and an out-of-date heartbeat. Neighbour: inodes can
 * be used up while bytes are free, and ENOSPC says the same of both; that is told apart by the inode figure.
 */
export const diskFull: Rule = {
  cause,
  explains: ['service-stopped', 'service-crash-loop', 'config-corrupt', 'memory-exhausted'],
  judge(evidence) {
    const seen = hostOf(evidence)
    if ('reason' in seen) return insufficient(cause, ['host.disks'], seen.reason)
    const disk = fullestDisk(seen.probe)
    if (!disk) return insufficient(cause, ['host.disks'], 'the host listed no file system')
    const complaint = logLinesOf(evidence).findLast((line) => noSpace.test(line))
    const full = disk.usedPercent >= fullPercent || (disk.usedPercent >= tightPercent && complaint !== undefined)
    if (!full) return notMatched(cause, `the fullest file system, ${disk.mount}, is ${disk.usedPercent} % full`)
    return matched(cause, complaint ? 0.97 : 0.9, [
      fact(`file system ${disk.mount}`, `${disk.usedPercent} % full, ${disk.freeBytes} bytes free`, 'ssm'),
      ...(complaint ? [fact('log line', complaint.slice(0, 200), 'logs')] : []),
    ])
  },
}
