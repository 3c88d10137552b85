import { builtInProfiles } from './agent-profiles.ts'
import { FleetConfigurationError } from './errors.ts'
import { type AgentProfile, type Fleet, fleet, type Pool } from './fleet.ts'
import { parse } from './parse.ts'

const duplicates = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
]

/** What a schema can't see: names that must be unique, and references that must exist. */
const crossChecks = ({ pools, profiles }: Fleet): string[] => {
  const known = new Map([...builtInProfiles, ...profiles].map((profile) => [profile.name, profile]))
  const problems = [
    ...duplicates(pools.map(({ name }) => name)).map((name) => `pools: two pools are named "${name}"; rename one`),
    ...duplicates(profiles.map(({ name }) => name)).map(
      (name) => `profiles: two profiles are named "${name}"; rename one`,
    ),
  ]
  for (const [index, pool] of pools.entries()) {
    const at = `pools[${index}]`
    const profile = known.get(pool.profile)
    if (!profile) {
      problems.push(`${at}.profile: no profile is named "${pool.profile}"; known are ${[...known.keys()].join(', ')}`)
      continue
    }
    const { model } = pool.agents
    if ((model === 'ec2' || model === 'hybrid') && !profile.host)
      problems.push(
        `${at}.profile: "${profile.name}" has no host section, which ${model} agents need; add it or choose another`,
      )
    if (pool.state.configParameter && !profile.host?.configPath)
      problems.push(
        `${at}.state.configParameter: profile "${profile.name}" has no host.configPath to restore; add it or remove the parameter`,
      )
    if (pool.instanceProfileArn && !pool.instanceRoleArn)
      problems.push(
        `${at}.instanceRoleArn: attaching a profile passes its role, so name the role inside ${pool.instanceProfileArn}`,
      )
    if (pool.instanceProfileArn && pool.instanceProfileArn.split(':')[4] !== pool.account)
      problems.push(
        `${at}.instanceProfileArn: the profile is of another account than the pool (${pool.account}); an instance takes only its own account's`,
      )
  }
  return problems
}

/**
 * Reads a fleet configuration. Throws FleetConfigurationError with every problem at once, each with its path and remedy;
 * references are checked only once the shape is right.
 */
export const parseFleet = (json: unknown): Fleet => {
  const parsed = parse(fleet, json)
  if (!parsed.ok) throw new FleetConfigurationError(parsed.problems)
  const problems = crossChecks(parsed.value)
  if (problems.length > 0) throw new FleetConfigurationError(problems)
  return parsed.value
}

/** Throws FleetConfigurationError when no pool has the name. */
export const poolNamed = ({ pools }: Fleet, name: string): Pool => {
  const found = pools.find((pool) => pool.name === name)
  if (!found)
    throw new FleetConfigurationError([
      `pools: no pool is named "${name}"; known are ${pools.map((pool) => pool.name).join(', ')}`,
    ])
  return found
}

/** The pool's profile: one of the file wins over a built-in one of the same name. */
export const profileOf = ({ profiles }: Fleet, { profile }: Pool): AgentProfile => {
  const found = [...profiles, ...builtInProfiles].find(({ name }) => name === profile)
  if (!found) throw new FleetConfigurationError([`profiles: no profile is named "${profile}"`])
  return found
}
