import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type pg from 'pg'
import type {
  AcceptInvitationRequest,
  AcceptInvitationResponseSchema,
  ReadInvitationRequest,
  ReadInvitationResponseSchema,
} from '../../proto/gen/userflow/v1/people_pb.ts'
import { RequestError } from '../errors.ts'
import type { RoleName } from '../permissions.ts'
import type { PeopleCaller } from './caller.ts'
import { checkName, checkNewPassword, roleOf } from './check-person.ts'
import { tokenHashOf } from './invitations.ts'
import { type PeopleKeeping, type PersonRow, personColumns } from './keeping.ts'
import { begin, checkPassword, entryOf } from './sign-in.ts'

interface Offer extends Record<string, unknown> {
  company_id: number
  company_name: string
  invitation_id: string
  email: string
  role: RoleName
  expires_at: Date
  known: boolean
}

/** @throws RequestError INVITATION_ENDED */
export async function readInvitation(
  keeping: PeopleKeeping,
  { token }: ReadInvitationRequest,
): Promise<MessageInitShape<typeof ReadInvitationResponseSchema>> {
  const offer = await offerOf(keeping, token)
  return {
    email: offer.email,
    companyName: offer.company_name,
    role: roleOf(offer.role),
    expiresAt: timestampFromDate(offer.expires_at),
    known: offer.known,
  }
}

/** @throws RequestError INVITATION_ENDED, PARAMETER_INVALID, SIGN_IN_REFUSED or SIGN_IN_LIMITED */
export async function acceptInvitation(
  keeping: PeopleKeeping,
  request: AcceptInvitationRequest,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof AcceptInvitationResponseSchema>> {
  const offer = await offerOf(keeping, request.token)
  const account = offer.known
    ? await proveKnown(keeping, { offer, request, caller })
    : await prepareNew(keeping, offer, request)
  const joined = await keeping.db.transaction('begin', async (client) => {
    const { rowCount } = await client.query(
      `update invitation set ended_at = now()
        where company_id = $1 and invitation_id = $2 and ended_at is null and expires_at > now()`,
      [offer.company_id, offer.invitation_id],
    )
    // Accepted, or taken back, a moment ago.
    if (rowCount === 0) throw new RequestError('INVITATION_ENDED')
    const person = 'person_id' in account ? account : await makePerson(client, account)
    const { rows } = await client.query<{ role: RoleName }>(
      `with made as (insert into membership (company_id, person_id, role) values ($1, $2, $3) on conflict do nothing
                     returning role)
       select role from made union all select role from membership where company_id = $1 and person_id = $2`,
      [offer.company_id, person.person_id, offer.role],
    )
    return { person, role: rows[0]?.role ?? offer.role }
  })
  const membership = { company_id: offer.company_id, company_name: offer.company_name, role: joined.role }
  const access = await begin(keeping, { person: joined.person, membership }, caller)
  await keeping.audit.note(entryOf(joined.person, offer.company_id, caller, 'AcceptInvitation'), 'done')
  return { access }
}

async function offerOf({ db }: PeopleKeeping, token: string): Promise<Offer> {
  const [offer] = await db.query<Offer>(
    `select i.company_id, c.name as company_name, i.invitation_id, i.email, i.role, i.expires_at,
            exists (select from person p where p.email = i.email) as known
       from invitation i join company c using (company_id)
      where i.token_hash = $1 and i.ended_at is null and i.expires_at > now()`,
    [tokenHashOf(token)],
  )
  if (!offer) throw new RequestError('INVITATION_ENDED')
  return offer
}

/** An invitation proves that an admin trusts the address, and not that whoever has the link is its owner. */
async function proveKnown(
  keeping: PeopleKeeping,
  said: { readonly offer: Offer; readonly request: AcceptInvitationRequest; readonly caller: PeopleCaller },
): Promise<PersonRow> {
  const { offer, request, caller } = said
  const person = await checkPassword(keeping, { email: offer.email, password: request.password }, caller.address)
  if (!person) throw new RequestError('SIGN_IN_REFUSED')
  return person
}

interface NewPerson {
  readonly email: string
  readonly name: string
  readonly hash: string
}

async function prepareNew(
  { passwords }: PeopleKeeping,
  { email }: Offer,
  request: AcceptInvitationRequest,
): Promise<NewPerson> {
  const name = checkName(request.name)
  checkNewPassword('password', request.password, email)
  return { email, name, hash: await passwords.hash(request.password) }
}

/** @throws RequestError SIGN_IN_REFUSED if somebody else made a person of this address meanwhile, with another password */
async function makePerson(client: pg.ClientBase, { email, name, hash }: NewPerson): Promise<PersonRow> {
  const { rows } = await client.query<PersonRow>(
    `insert into person as p (email, name, password_hash) values ($1, $2, $3) on conflict do nothing
     returning ${personColumns}`,
    [email, name, hash],
  )
  if (!rows[0]) throw new RequestError('SIGN_IN_REFUSED')
  return rows[0]
}
