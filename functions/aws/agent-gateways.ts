import type { Platform } from '../runtime/platform.ts'
import { dynamoAgentRecords } from './agent-records.ts'
import { awsAutoScalingGroups } from './auto-scaling-groups.ts'
import { ssmChangeCalendars } from './change-calendars.ts'
import { awsCommandRunner } from './command-runner.ts'
import { dynamoControlStore } from './control-store.ts'
import { dynamoIncidentStore } from './incident-store.ts'
import { awsInstances } from './instances.ts'
import { dynamoLeaseStore } from './lease-store.ts'
import { awsManagedNodes } from './managed-nodes.ts'
import { awsMetrics } from './metrics.ts'
import { dynamoPoolLedger } from './pool-ledger.ts'
import { awsPoolMembers } from './pool-members.ts'
import { dynamoStorms } from './storms.ts'
import { dynamoTable } from './table.ts'
import { awsTasks } from './tasks.ts'

/** The gateways through which agents are seen and changed, for the functions that need nearly all of them. */
export const agentGateways = (platform: Platform) => {
  const instances = awsInstances(platform)
  const groups = awsAutoScalingGroups(platform)
  const nodes = awsManagedNodes(platform)
  const tasks = awsTasks(platform)
  const metrics = awsMetrics(platform, platform.clock)
  return {
    calendars: ssmChangeCalendars(platform),
    commands: awsCommandRunner(platform),
    instances,
    groups,
    nodes,
    tasks,
    metrics,
    members: awsPoolMembers({ groups, instances, nodes, tasks, metrics }),
  }
}

/** The stores in the table, for the functions that need nearly all of them. */
export const stores = (platform: Platform, tableName: string) => {
  const table = dynamoTable(platform, tableName)
  return {
    incidents: dynamoIncidentStore(table, platform.clock),
    leases: dynamoLeaseStore(table, platform.clock),
    ledger: dynamoPoolLedger(table, platform.clock),
    controls: dynamoControlStore(table, platform.clock),
    records: dynamoAgentRecords(table, platform.clock),
    storms: dynamoStorms(table, platform.clock),
  }
}
