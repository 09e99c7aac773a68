import type { MessageInitShape } from '@bufbuild/protobuf'
import type pg from 'pg'
import type { RefreshRequest, RefreshResponseSchema } from '../../proto/gen/userflow/v1/people_pb.ts'
import type { Database } from '../../sql/database.ts'
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
  // In one transaction: whoever is not answered has not used the token up. A family that ends has to stay ended.
  const done = await keeping.db.transaction('begin', async (client) => {
    const rotated = await rotate(client, token)
    if (rotated.outcome !== 'rotated') return rotated
    const chosen = await choose(client, rotated.signInId, request.companyId)
    if (!chosen) throw new RequestError(request.companyId ? 'UNKNOWN_ID' : 'SIGNED_OUT')
    return { ...rotated, access: await accessFor(keeping, { ...chosen, signInId: rotated.signInId }) }
  })
  if (done.outcome !== 'rotated') return refuse(keeping, done, caller)
  setRefreshToken(caller, done.token)
  return { access: done.access }
}

/** The person of a sign-in and the company it goes on with: the one that is wanted, else the one as before, else any. */
async function choose(client: pg.ClientBase, signInId: string, wanted: number) {
  const query = async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
    (await client.query<R>(text, [...values])).rows
  const person = await personOfSignIn({ query }, signInId)
  const companies = person ? await membershipsOf({ query }, person.person_id) : []
  const before = person?.chosen_company_id
  const membership =
    companies.find((one) => one.company_id === (wanted || before)) ?? (wanted ? undefined : companies[0])
  if (!person || !membership) return undefined
  if (membership.company_id !== before) {
    await query('update sign_in set chosen_company_id = $2 where sign_in_id = $1', [signInId, membership.company_id])
  }
  return { person, membership }
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
    const person = await personOfSignIn(keeping.db, rotated.signInId)
    if (person) await keeping.audit.note(entryOf(person, person.chosen_company_id, caller, 'Refresh'), 'SIGNED_OUT')
    throw new RequestError('SIGNED_OUT', 'Somebody else had used this sign-in too, so it was ended')
  }
  throw new RequestError('SIGNED_OUT')
}

async function personOfSignIn(db: Pick<Database, 'query'>, signInId: string) {
  const [row] = await db.query<PersonRow & { chosen_company_id: number } & Record<string, unknown>>(
    `with seen as (update sign_in set last_seen_at = now() where sign_in_id = $1 returning person_id, chosen_company_id)
     select ${personColumns}, seen.chosen_company_id from seen join person p using (person_id)`,
    [signInId],
  )
  return row
}
