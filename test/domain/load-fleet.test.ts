import { describe, expect, it } from 'vitest'
import { builtInProfiles } from '../../functions/domain/agent-profiles.ts'
import { FleetConfigurationError } from '../../functions/domain/errors.ts'
import { agentProfile } from '../../functions/domain/fleet.ts'
import { parseFleet, poolNamed, profileOf } from '../../functions/domain/load-fleet.ts'
import { parse } from '../../functions/domain/parse.ts'
import { theFleet } from '../builders/incident.ts'

const aPool = (of: object = {}) => ({
  name: 'builders',
  account: '111122223333',
  region: 'eu-central-1',
  environment: 'production',
  agents: { model: 'ec2', autoScalingGroup: 'builders' },
  profile: 'gitlab-runner',
  limits: { minHealthy: 1 },
  ...of,
})
const problemsOf = (json: unknown): readonly string[] => {
  try {
    parseFleet(json)
    return []
  } catch (error) {
    if (error instanceof FleetConfigurationError) return error.problems
    throw error
  }
}

describe('the fleet configuration', () => {
  it('fills in what a pool leaves out', () => {
    const fleet = parseFleet({ version: 1, pools: [aPool()] })
    expect(fleet.pools[0]).toMatchObject({
      thresholds: { memoryPercent: 80, heartbeatSeconds: 300 },
      limits: { maxConcurrent: 1, maxPerHour: 6 },
      approvalMinutes: 60,
    })
  })

  it('tells every problem at once, each by its path', () => {
    const problems = problemsOf({
      version: 1,
      pools: [aPool({ account: '1', region: 'x', typo: 1 }), aPool({ limits: { minHealthy: -1 } })],
    })
    expect(problems).toEqual([
      'pools[0].account: give the 12-digit account id',
      'pools[0].region: give a region such as eu-central-1',
      'pools[0]: unknown key "typo"; remove it or correct its spelling',
      expect.stringMatching(/^pools\[1\]\.limits\.minHealthy: /),
    ])
  })

  it.each([
    ['two pools of one name', { pools: [aPool(), aPool()] }, /two pools are named "builders"; rename one/],
    [
      'a profile that nobody knows',
      { pools: [aPool({ profile: 'mine' })] },
      /no profile is named "mine"; known are .*gitlab-runner/,
    ],
    ['a profile without a host for an instance', { pools: [aPool({ profile: 'codebuild' })] }, /has no host section/],
    [
      'a stored configuration for a profile without a file',
      { pools: [aPool({ profile: 'jenkins-agent', state: { configParameter: '/a/b' } })] },
      /no host\.configPath/,
    ],
    [
      "another account's instance profile",
      {
        pools: [
          aPool({
            instanceProfileArn: 'arn:aws:iam::444455556666:instance-profile/x',
            instanceRoleArn: 'arn:aws:iam::444455556666:role/x',
          }),
        ],
      },
      /another account/,
    ],
    [
      'an instance profile without its role',
      { pools: [aPool({ instanceProfileArn: 'arn:aws:iam::111122223333:instance-profile/x' })] },
      /instanceRoleArn: attaching a profile passes its role/,
    ],
    [
      'a unit name that a shell would read',
      {
        profiles: [{ name: 'p', host: { unit: 'a; rm -rf /' }, registration: false, syntheticJob: 'none' }],
        pools: [aPool()],
      },
      /profiles\[0\]\.host\.unit/,
    ],
  ])('refuses %s', (_what, of, problem) => {
    expect(problemsOf({ version: 1, ...of }).join('\n')).toMatch(problem)
  })

  it('lets a profile of the file stand for a built-in one of its name', () => {
    const own = { name: 'gitlab-runner', host: { unit: 'own.service' }, registration: false, syntheticJob: 'none' }
    const fleet = parseFleet({ version: 1, profiles: [own], pools: [aPool()] })
    expect(profileOf(fleet, poolNamed(fleet, 'builders')).host?.unit).toBe('own.service')
  })

  it.each(builtInProfiles.map((profile) => [profile.name, profile] as const))(
    'has a built-in profile %s that fits the schema',
    (_name, profile) => {
      expect(parse(agentProfile, profile)).toMatchObject({ ok: true })
    },
  )

  it('says which pools there are when one is asked for that is not there', () => {
    expect(() => poolNamed(theFleet(), 'nobody')).toThrow(/no pool is named "nobody"; known are linux-builders/)
  })
})
