import { callReader, parameter } from './cloudtrail.ts'
import { subjectOfHost } from './places.ts'

/** Auto Scaling's scale-in and EC2's Spot service stop instances in their own name: that is how a group works. */
const byTheirOwner = /^(autoscaling|spot|ec2fleet|spotfleet)\.amazonaws\.com$/

/** Who stopped it: the state change tells only that it stopped. One call may name many instances. */
export const instanceStopCalled = callReader({
  source: 'aws.ec2',
  eventSource: 'ec2.amazonaws.com',
  calls: ['StopInstances', 'TerminateInstances'],
  kinds: ['instance-stop-called'],
  hears: 'somebody stopped or terminated agents; each of them',
  harmless: ({ userIdentity: { invokedBy }, eventName }) =>
    invokedBy && byTheirOwner.test(invokedBy)
      ? `${eventName} was called by ${invokedBy}, which owns the instance`
      : null,
  things: (call) => parameter(call, 'instancesSet').filter((each) => /^i-[0-9a-f]{8,17}$/.test(each)),
  subjects: (ids, _call, event, fleet, directory) =>
    Promise.all(ids.map((id) => subjectOfHost(id, event, fleet, directory))),
})
