import type { Pool } from './fleet.ts'

/** ARNs of the roles that the pool's agents run with, as far as fleet.json names them. */
export const rolesOf = ({ agents, instanceRoleArn, dependsOn }: Pool): string[] => [
  ...new Set([
    ...(instanceRoleArn ? [instanceRoleArn] : []),
    ...('roleArns' in agents ? agents.roleArns : []),
    ...dependsOn.filter((each) => /^arn:[a-z-]+:iam::\d{12}:role\//.test(each)),
  ]),
]

/** Every shared thing that fleet.json ties to the pool: ids, ARNs and parameter names. */
export const dependenciesOf = (pool: Pool): string[] => {
  const { agents, dependsOn, instanceProfileArn, state } = pool
  const network = 'network' in agents ? agents.network : undefined
  return [
    ...dependsOn,
    ...rolesOf(pool),
    ...(instanceProfileArn ? [instanceProfileArn] : []),
    ...(state.configParameter ? [state.configParameter] : []),
    ...(network?.securityGroups ?? []),
  ]
}
