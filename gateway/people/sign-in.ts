import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromMs } from '@bufbuild/protobuf/wkt'
import type { AccessSchema, SignInRequest, SignInResponseSchema } from '../../proto/gen/userflow/v1/people_pb.ts'
import { RequestError } from '../errors.ts'
import { signToken } from './access-token.ts'
import type { PeopleCaller } from './caller.ts'
import { setRefreshToken } from './cookie.ts'
import {
  type MembershipRow,
  membershipOf,
  membershipsOf,
  type PeopleKeeping,
  type PersonRow,
  personColumns,
  personOf,
} from './keeping.ts'
import { firstToken } from './refresh-token.ts'

type Access = MessageInitShape<typeof AccessSchema>

const mostCharacters = 1_000
const mostUserAgentCharacters = 300

/** @throws RequestError SIGN_IN_REFUSED, whatever of both is wrong, or SIGN_IN_LIMITED */
export async function signIn(
  keeping: PeopleKeeping,
  request: SignInRequest,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof SignInResponseSchema>> {
  const { db } = keeping
  const email = request.email.trim().toLowerCase()
  const person = await checkPassword(keeping, { email, password: request.password }, caller.address)
  const [companies, last] = person
    ? [await membershipsOf(db, person.person_id), await lastCompany(keeping, person.person_id)]
    : [[]]
  const membership = companies.find((one) => one.company_id === last) ?? companies[0]
  if (!person || !membership) {
    void noteRefusal(keeping, email, caller)
    throw new RequestError('SIGN_IN_REFUSED')
  }
  const access = await begin(keeping, { person, membership }, caller)
  await keeping.audit.note(entryOf(person, membership.company_id, caller), 'done')
  return { access }
}

/**
 * The person with this address and password; undefined: there is none. Takes as long in either case.
 * @throws RequestError SIGN_IN_LIMITED
 */
export async function checkPassword(
  { db, passwords, attempts }: PeopleKeeping,
  { email, password }: { readonly email: string; readonly password: string },
  address: string,
): Promise<PersonRow | undefined> {
  if (email.length > mostCharacters || password.length > mostCharacters) return undefined
  const giveBack = attempts.take(email, address)
  const [row] = await db.query<PersonRow & { password_hash: string } & Record<string, unknown>>(
    `select ${personColumns}, p.password_hash from person p where p.email = $1`,
    // NUL cannot be asked for.
    [email.replaceAll('\0', '')],
  )
  const { fits, outdated } = await passwords.verify(password, row?.password_hash)
  if (!fits || !row) return undefined
  giveBack()
  if (outdated) {
    await db.query('update person set password_hash = $3 where person_id = $1 and password_hash = $2', [
      row.person_id,
      row.password_hash,
      await passwords.hash(password),
    ])
  }
  return row
}

/** Begins a new family: the cookie with its first refresh token, and an access token. */
export async function begin(
  keeping: PeopleKeeping,
  { person, membership }: { readonly person: PersonRow; readonly membership: MembershipRow },
  caller: PeopleCaller,
): Promise<Access> {
  const userAgent = [...(caller.header('user-agent') ?? '').replace(/\p{Cc}/gu, '').toWellFormed()]
  const { signInId, token } = await keeping.db.transaction('begin', async (client) => {
    const { rows } = await client.query<{ sign_in_id: string }>(
      `insert into sign_in (person_id, chosen_company_id, address, user_agent) values ($1, $2, $3, $4) returning sign_in_id`,
      [person.person_id, membership.company_id, caller.network, userAgent.slice(0, mostUserAgentCharacters).join('')],
    )
    const id = rows[0]!.sign_in_id
    return { signInId: id, token: await firstToken(client, id) }
  })
  setRefreshToken(caller, token)
  return accessFor(keeping, { person, membership, signInId })
}

/** A new access token of a sign-in, and what a page needs besides. */
export async function accessFor(
  { tokenKeys }: PeopleKeeping,
  whose: { readonly person: PersonRow; readonly membership: MembershipRow; readonly signInId: string },
): Promise<Access> {
  const { person, membership, signInId } = whose
  const claims = { personId: person.person_id, companyId: membership.company_id, signInId }
  const { token, expiresAtMs } = await signToken(tokenKeys, claims)
  return {
    accessToken: token,
    expiresAt: timestampFromMs(expiresAtMs),
    person: personOf(person),
    membership: membershipOf(membership),
  }
}

/** What the audit log says of somebody who signs in. */
export const entryOf = (person: PersonRow, companyId: number, { network }: PeopleCaller, rpc = 'SignIn') => ({
  companyId,
  personId: person.person_id,
  email: person.email,
  rpc: `PeopleService.${rpc}`,
  target: `email ${person.email}`,
  network,
})

async function lastCompany({ db }: PeopleKeeping, personId: string): Promise<number | undefined> {
  const [row] = await db.query<{ id: number }>(
    'select chosen_company_id as id from sign_in where person_id = $1 order by last_seen_at desc limit 1',
    [personId],
  )
  return row?.id
}

/** In the logs of all companies of the person, if there is one. Nobody waits for it: that would tell that there is one. */
async function noteRefusal({ db, audit }: PeopleKeeping, email: string, caller: PeopleCaller): Promise<void> {
  try {
    const rows = await db.query<{ company_id: number }>(
      'select m.company_id from person p join membership m using (person_id) where p.email = $1 limit 20',
      [email.replaceAll('\0', '')],
    )
    for (const { company_id: companyId } of rows) {
      const entry = { companyId, rpc: 'PeopleService.SignIn', target: `email ${email}`, network: caller.network }
      await audit.note(entry, 'SIGN_IN_REFUSED')
    }
  } catch {
    // The refusal itself is what matters.
  }
}
