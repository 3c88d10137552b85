import * as z from 'zod/mini'
import { parse } from '../domain/parse.ts'
import { poolOfGroup, poolOfProject, poolSubject, poolsNeeding, subjectOfHost } from './places.ts'
import type { Reader } from './reader.ts'
import { ignored, rejected, tell } from './tell.ts'

/** `detail` of "Config Rules Compliance Change" (AWS Config developer guide, "Monitoring AWS Config with Amazon EventBridge"). */
const detail = z.object({
  messageType: z.literal('ComplianceChangeNotification'),
  configRuleName: z.string(),
  resourceType: z.string(),
  resourceId: z.string().check(z.minLength(1)),
  newEvaluationResult: z.object({ complianceType: z.string(), annotation: z.optional(z.string()) }),
})

/** Inventory and patch state are recorded as `AWS::SSM::ManagedInstanceInventory/i-…`. */
const hostIn = (resourceId: string): string => /((i|mi)-[0-9a-f]{8,17})$/.exec(resourceId)?.[1] ?? ''

/** A resource of the fleet no longer complies with a rule of AWS Config. It is told and not repaired: the rule may be new. */
export const complianceLost: Reader = {
  source: 'aws.config',
  detailType: 'Config Rules Compliance Change',
  kinds: ['compliance-lost'],
  hears: 'an agent, its group, project or a thing in `dependsOn` no longer complies; the agent or each pool',
  async read(event, fleet, directory) {
    const parsed = parse(detail, event.detail)
    if (!parsed.ok) return rejected('detail of a compliance change', parsed.problems)
    const { configRuleName: rule, resourceType, resourceId, newEvaluationResult: result } = parsed.value
    const thing = `${resourceType} ${resourceId}`
    if (result.complianceType !== 'NON_COMPLIANT') return ignored(`${thing} is ${result.complianceType} with ${rule}`)
    const name = resourceId.split('/').at(-1) ?? ''
    const pools = [
      poolOfGroup(fleet, event, resourceType === 'AWS::AutoScaling::AutoScalingGroup' ? name : ''),
      poolOfProject(fleet, event, resourceType === 'AWS::CodeBuild::Project' ? name : ''),
      ...poolsNeeding(fleet, event, (dependency) => dependency === resourceId),
    ].flatMap((pool) => (pool ? [poolSubject(pool)] : []))
    return tell(event, {
      kind: 'compliance-lost',
      subjects: [await subjectOfHost(hostIn(resourceId), event, fleet, directory), ...pools],
      summary: `${thing} does not comply with ${rule}${result.annotation ? `: ${result.annotation}` : ''}`,
      details: { rule, resource: thing, annotation: result.annotation },
      unknown: `no pool of fleet.json in ${event.account} ${event.region} has or needs ${thing}`,
    })
  },
}
