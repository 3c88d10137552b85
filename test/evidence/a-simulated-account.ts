import type { Platform } from '../../functions/runtime/platform.ts'
import { createAccount } from '../../local/account/account.ts'
import { createSeam } from '../../local/account/seam.ts'
import { createVirtualClock } from '../../local/engine/virtual-clock.ts'
import { parseWorld } from '../../local/fleet/world.ts'
import { aFleet, start } from '../aws/a-platform.ts'

/** A platform whose real SDK clients are answered by the simulated account, ten minutes into the trouble of its agents. */
export const aSimulatedAccount = (world: { agents: object[]; apiFaults?: object[]; groups?: object[] }) => {
  const clock = createVirtualClock({ start })
  const [account, region] = ['111122223333', 'eu-central-1']
  const simulated = createAccount({
    fleet: aFleet(),
    world: parseWorld({ description: 'for a test', ...world }, 'world.json'),
    clock,
    eventAt: start,
    account,
    region,
    workflow: () => {
      throw new Error('no workflow runs here')
    },
  })
  const platform: Platform = {
    environment: {},
    clock,
    newId: () => 'an-id',
    clients: createSeam({
      account: simulated,
      clock,
      endpoints: {},
      region,
      caller: () => 'test',
      record: () => {},
      observe: () => {},
    }),
  }
  return { platform, clock }
}
