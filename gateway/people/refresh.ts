import type { MessageInitShape } from '@bufbuild/protobuf'
import type { RefreshRequest, RefreshResponseSchema } from '../../proto/gen/userflow/v1/people_pb.ts'
import { RequestError } from '../errors.ts'
import type { PeopleCaller } from './caller.ts'
import { refreshTokenOf, setRefreshToken } from './cookie.ts'
import { membershipsOf, type PeopleKeeping, type PersonRow, personColumns } from './keeping.ts'
import { type Rotated, rotate } from './refresh-token.ts'
import { accessFor, entryOf } from './sign-in.ts'

/**
 * Takes the cookie for its successor and answers with an access token.
 * @throws RequestError SIGNED_OUT, also when the token was used before, or UNKNOWN_ID for a company that is none of theirs
 */
export async function refresh(
  keeping: PeopleKeeping,
  request: RefreshRequest,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof RefreshResponseSchema>> {
  checkOwnHeader(caller)
  const token = refreshTokenOf(caller)
  if (!token) throw new RequestError('SIGNED_OUT')
  const { db } = keeping
  // Committed whatever becomes of it: a family that ends has to stay ended.
  const rotated = await db.transaction('begin', (client) => rotate(client, token))
  if (rotated.outcome !== 'rotated') return refuse(keeping, rotated, caller)
  const { signInId } = rotated
  setRefreshToken(caller, rotated.token)
  const person = await personOfSignIn(keeping, signInId)
  const companies = person ? await membershipsOf(db, person.person_id) : []
  const wanted = request.companyId || person?.chosen_company_id
  const membership = companies.find((one) => one.company_id === wanted)
  if (!membership && request.companyId) throw new RequestError('UNKNOWN_ID')
  const used = membership ?? companies[0]
  if (!person || !used) throw new RequestError('SIGNED_OUT')
  if (used.company_id !== person.chosen_company_id) {
    await db.query('update sign_in set chosen_company_id = $2 where sign_in_id = $1', [signInId, used.company_id])
  }
  return { access: await accessFor(keeping, { person, membership: used, signInId }) }
}

/**
 * A form of another page cannot send this header, and a script of one must ask first, which is always refused; the cookie's
 * SameSite says the same to browsers that know it.
 */
function checkOwnHeader({ header, byHttp }: PeopleCaller): void {
  if (!byHttp || header('connect-protocol-version') !== '1') {
    throw new RequestError('PAGE_NOT_ALLOWED', 'The header connect-protocol-version: 1 is missing')
  }
}

async function refuse(keeping: PeopleKeeping, rotated: Rotated, caller: PeopleCaller): Promise<never> {
  if (rotated.outcome === 'reused') {
    const person = await personOfSignIn(keeping, rotated.signInId)
    if (person) await keeping.audit.note(entryOf(person, person.chosen_company_id, caller, 'Refresh'), 'SIGNED_OUT')
    throw new RequestError('SIGNED_OUT', 'Somebody else had used this sign-in too, so it was ended')
  }
  throw new RequestError('SIGNED_OUT')
}

async function personOfSignIn({ db }: PeopleKeeping, signInId: string) {
  const [row] = await db.query<PersonRow & { chosen_company_id: number } & Record<string, unknown>>(
    `with seen as (update sign_in set last_seen_at = now() where sign_in_id = $1 returning person_id, chosen_company_id)
     select ${personColumns}, seen.chosen_company_id from seen join person p using (person_id)`,
    [signInId],
  )
  return row
}
