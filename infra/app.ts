import { readFileSync } from 'node:fs'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { parseFleet } from '../functions/domain/load-fleet.ts'
import { AgentMedicStack } from './agent-medic-stack.ts'
import { bundleHandlers } from './bundle.ts'
import { GlobalEventsStack, globalEventsRegion } from './global-events-stack.ts'
import { repository } from './handlers.ts'

/** One stack for each account and region that a pool of fleet.json names, and one in us-east-1 that hands on what IAM tells. Needs no credentials to synthesise. */
const app = new App()
const fleetFile = (app.node.tryGetContext('fleet') as string | undefined) ?? `${repository}fleet.json`
const fleet = parseFleet(JSON.parse(readFileSync(fleetFile, 'utf8')))
const bundles = bundleHandlers(`${app.outdir}/bundles`, fleetFile)
const places = new Map(fleet.pools.map(({ account, region }) => [`${account}-${region}`, { account, region }]))
for (const [place, env] of places) new AgentMedicStack(app, `agent-medic-${place}`, { env, fleet, bundles })
for (const account of new Set(fleet.pools.map((pool) => pool.account))) {
  const pools = fleet.pools.filter((pool) => pool.account === account && pool.region !== globalEventsRegion)
  if (pools.length > 0)
    new GlobalEventsStack(app, `agent-medic-global-events-${account}`, {
      env: { account, region: globalEventsRegion },
      pools,
    })
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
