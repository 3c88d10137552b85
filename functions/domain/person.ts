/**
 * The person behind an ARN of a request's context, so that two approvals are of two people. IAM Identity Center sets the
 * session name of its roles to the user, whatever permission set he came by. Of every other role the session name is the
 * caller's own choice: there the role counts as one person. An IAM user is one.
 */
export const personOf = (arn: string): string => {
  const [, , service, , account, resource = ''] = arn.split(':')
  if (service !== 'sts') return arn
  const [kind, role = '', session = ''] = resource.split('/')
  if (kind === 'assumed-role' && role.startsWith('AWSReservedSSO_')) return `${account}:${session.toLowerCase()}`
  return kind === 'assumed-role' ? `${account}:role/${role}` : arn
}
