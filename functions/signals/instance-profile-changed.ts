import { answered, callReader } from './cloudtrail.ts'
import { subjectOfHost } from './places.ts'

/**
 * An instance that loses or changes its profile: its agent works on with the credentials that it has, until they expire.
 * The request names the association alone; the instance stands in the answer (`iamInstanceProfileAssociation`).
 */
export const instanceProfileChanged = callReader({
  source: 'aws.ec2',
  eventSource: 'ec2.amazonaws.com',
  calls: ['DisassociateIamInstanceProfile', 'ReplaceIamInstanceProfileAssociation'],
  kinds: ['instance-profile-removed', 'instance-profile-replaced'],
  hears: 'the profile of an agent was removed or replaced; the agent',
  kindOf: ({ eventName }) =>
    eventName === 'DisassociateIamInstanceProfile' ? 'instance-profile-removed' : 'instance-profile-replaced',
  things: (call) => answered(call).filter((each) => /^i-[0-9a-f]{8,17}$/.test(each)),
  subjects: (ids, _call, event, fleet, directory) =>
    Promise.all(ids.map((id) => subjectOfHost(id, event, fleet, directory))),
})
