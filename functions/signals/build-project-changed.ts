import { callReader, parameter } from './cloudtrail.ts'
import { poolOfProject, poolSubject } from './places.ts'

/** The project whose builds are the agents was changed or deleted. */
export const buildProjectChanged = callReader({
  source: 'aws.codebuild',
  eventSource: 'codebuild.amazonaws.com',
  calls: ['UpdateProject', 'DeleteProject'],
  kinds: ['build-project-changed'],
  hears: 'the build project of a pool was changed or deleted; the pool',
  // A project may be named by its ARN, `…:project/app-build`.
  things: (call) => parameter(call, 'name').map((each) => each.replace(/^arn:.*:project\//, '')),
  subjects: async ([name = ''], _call, event, fleet) => {
    const pool = poolOfProject(fleet, event, name)
    return [pool ? poolSubject(pool) : null]
  },
})
