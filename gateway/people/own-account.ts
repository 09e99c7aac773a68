import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  ChangePasswordRequest,
  ChangePasswordResponseSchema,
  MeResponseSchema,
  SignOutEverywhereResponseSchema,
} from '../../proto/gen/userflow/v1/people_pb.ts'
import { RequestError } from '../errors.ts'
import type { PeopleCaller } from './caller.ts'
import { checkNewPassword } from './check-person.ts'
import { setRefreshToken } from './cookie.ts'
import {
  membershipOf,
  membershipsOf,
  type PeopleKeeping,
  type PersonRow,
  personColumns,
  personIn,
  personOf,
} from './keeping.ts'
import { checkPassword } from './sign-in.ts'

/** Who asks, as of now. */
export async function me(
  { db }: PeopleKeeping,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof MeResponseSchema>> {
  const { personId, companyId } = personIn(caller)
  const [[row], companies] = await Promise.all([
    db.query<PersonRow & Record<string, unknown>>(`select ${personColumns} from person p where p.person_id = $1`, [
      personId,
    ]),
    membershipsOf(db, personId),
  ])
  const current = companies.find((one) => one.company_id === companyId)
  if (!row || !current) throw new RequestError('TOKEN_ENDED')
  return { person: personOf(row), membership: membershipOf(current), memberships: companies.map(membershipOf) }
}

/** Ends this sign-in; of one that has ended nothing changes. */
export async function signOut({ db }: PeopleKeeping, caller: PeopleCaller): Promise<object> {
  const { signInId } = personIn(caller)
  await db.query(
    `update sign_in set ended_at = now(), ended_why = 'signed_out' where sign_in_id = $1 and ended_at is null`,
    [signInId],
  )
  setRefreshToken(caller, undefined)
  return {}
}

/** Ends every sign-in of the person. */
export async function signOutEverywhere(
  { db }: PeopleKeeping,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof SignOutEverywhereResponseSchema>> {
  const { personId } = personIn(caller)
  const rows = await db.query(
    `update sign_in set ended_at = now(), ended_why = 'signed_out_everywhere' where person_id = $1 and ended_at is null
     returning sign_in_id`,
    [personId],
  )
  setRefreshToken(caller, undefined)
  return { ended: rows.length }
}

/** Takes a new password. @throws RequestError SIGN_IN_REFUSED, SIGN_IN_LIMITED or PARAMETER_INVALID */
export async function changePassword(
  keeping: PeopleKeeping,
  request: ChangePasswordRequest,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof ChangePasswordResponseSchema>> {
  const { personId, signInId, email } = personIn(caller)
  checkNewPassword('new_password', request.newPassword, email)
  const person = await checkPassword(keeping, { email, password: request.oldPassword }, caller.address)
  if (!person) throw new RequestError('SIGN_IN_REFUSED', 'The old password is wrong')
  const hash = await keeping.passwords.hash(request.newPassword)
  const ended = await keeping.db.transaction('begin', async (client) => {
    await client.query('update person set password_hash = $2, must_change_password = false where person_id = $1', [
      personId,
      hash,
    ])
    const { rowCount } = await client.query(
      `update sign_in set ended_at = now(), ended_why = 'password_changed'
        where person_id = $1 and ended_at is null and sign_in_id <> $2`,
      [personId, signInId],
    )
    return rowCount ?? 0
  })
  return { ended }
}
