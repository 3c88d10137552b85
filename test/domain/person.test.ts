import { describe, expect, it } from 'vitest'
import { personOf } from '../../functions/domain/person.ts'

const sts = (rest: string) => `arn:aws:sts::111122223333:${rest}`

describe('the person behind an identity', () => {
  it('is the user of IAM Identity Center, by whatever permission set he came', () => {
    const onCall = personOf(sts('assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/kim@example.com'))
    expect(personOf(sts('assumed-role/AWSReservedSSO_Admin_fedcba9876543210/Kim@example.com'))).toBe(onCall)
    expect(personOf(sts('assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/lee@example.com'))).not.toBe(onCall)
  })

  it('is the role where the session name is of the own choice', () => {
    expect(personOf(sts('assumed-role/operators/kim'))).toBe(personOf(sts('assumed-role/operators/lee')))
    expect(personOf(sts('assumed-role/operators/kim'))).not.toBe(personOf(sts('assumed-role/admins/kim')))
  })

  it('is the IAM user', () => {
    expect(personOf('arn:aws:iam::111122223333:user/kim')).toBe('arn:aws:iam::111122223333:user/kim')
  })
})
