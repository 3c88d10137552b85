import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { AgentMedic, type AgentMedicProps } from './constructs/agent-medic.ts'

/** The stack that `npm run synth` writes: the construct, tagged. */
export class AgentMedicStack extends Stack {
  readonly medic: AgentMedic

  constructor(scope: Construct, id: string, props: StackProps & AgentMedicProps) {
    super(scope, id, {
      description: 'agent-medic: keeps build and deploy agents alive',
      tags: { 'agent-medic': 'true' },
      ...props,
    })
    const { fleet, bundles, environment } = props
    this.medic = new AgentMedic(this, 'AgentMedic', { fleet, bundles, ...(environment ? { environment } : {}) })
  }
}
