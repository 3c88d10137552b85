import { readFileSync } from 'node:fs'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { parseFleet } from '../functions/domain/load-fleet.ts'
import { AgentMedicStack } from './agent-medic-stack.ts'
import { bundleHandlers } from './bundle.ts'
import { repository } from './handlers.ts'

/** One stack for each account and region that a pool of fleet.json names. Needs no credentials to synthesise. */
const app = new App()
const fleetFile = (app.node.tryGetContext('fleet') as string | undefined) ?? `${repository}fleet.json`
const fleet = parseFleet(JSON.parse(readFileSync(fleetFile, 'utf8')))
const bundles = bundleHandlers(`${app.outdir}/bundles`, fleetFile)
const places = new Map(fleet.pools.map(({ account, region }) => [`${account}-${region}`, { account, region }]))
for (const [place, env] of places) new AgentMedicStack(app, `agent-medic-${place}`, { env, fleet, bundles })
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
