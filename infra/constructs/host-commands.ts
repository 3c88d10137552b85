import * as ssm from 'aws-cdk-lib/aws-ssm'
import { Construct } from 'constructs'
import { hostDocuments } from '../host-documents.ts'

/** One Systems Manager command document per script in functions/host. */
export class HostCommands extends Construct {
  readonly documentNames: readonly string[]

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const documents = hostDocuments()
    for (const { name, content } of documents)
      new ssm.CfnDocument(this, name, {
        name,
        documentType: 'Command',
        documentFormat: 'JSON',
        targetType: '/',
        updateMethod: 'NewVersion',
        content,
      })
    this.documentNames = documents.map(({ name }) => name)
  }
}
