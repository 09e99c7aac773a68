import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type pg from 'pg'
import type {
  ChangeRoleRequest,
  ChangeRoleResponseSchema,
  ListMembersResponseSchema,
  MemberSchema,
  RemoveMemberRequest,
} from '../../proto/gen/userflow/v1/people_pb.ts'
import { RequestError } from '../errors.ts'
import type { RoleName } from '../permissions.ts'
import type { PeopleCaller } from './caller.ts'
import { checkRole, checkUuid, roleOf } from './check-person.ts'
import { openInvitations } from './invitations.ts'
import { companyOf, type PeopleKeeping, type PersonRow, personColumns, personOf } from './keeping.ts'

interface MemberRow extends PersonRow, Record<string, unknown> {
  role: RoleName
  since: Date
  last_seen_at: Date | null
}

/** The members, by address; to admins also the open invitations. */
export async function listMembers(
  keeping: PeopleKeeping,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof ListMembersResponseSchema>> {
  const companyId = companyOf(caller)
  const { who } = caller
  const manages = who.kind === 'key' || (who.kind === 'person' && who.role === 'admin')
  const members = await readMembers(keeping, companyId)
  return { members, invitations: manages ? await openInvitations(keeping, companyId) : [] }
}

/** @throws RequestError PARAMETER_INVALID, UNKNOWN_ID or LAST_ADMIN */
export async function changeRole(
  keeping: PeopleKeeping,
  request: ChangeRoleRequest,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof ChangeRoleResponseSchema>> {
  const place = { companyId: companyOf(caller), personId: checkUuid('person_id', request.personId) }
  const role = checkRole(request.role)
  await keeping.db.transaction('begin', async (client) => {
    if (role !== 'admin') await checkNotLast(client, place)
    const { rowCount } = await client.query(
      'update membership set role = $3 where company_id = $1 and person_id = $2',
      [place.companyId, place.personId, role],
    )
    if (rowCount === 0) throw new RequestError('UNKNOWN_ID')
  })
  const [member] = await readMembers(keeping, place.companyId, place.personId)
  return member ? { member } : {}
}

/** @throws RequestError PARAMETER_INVALID, UNKNOWN_ID or LAST_ADMIN */
export async function removeMember(
  { db }: PeopleKeeping,
  request: RemoveMemberRequest,
  caller: PeopleCaller,
): Promise<object> {
  const place = { companyId: companyOf(caller), personId: checkUuid('person_id', request.personId) }
  await db.transaction('begin', async (client) => {
    await checkNotLast(client, place)
    const text = 'delete from membership where company_id = $1 and person_id = $2'
    const { rowCount } = await client.query(text, [place.companyId, place.personId])
    if (rowCount === 0) throw new RequestError('UNKNOWN_ID')
  })
  return {}
}

/** One after the other: two that each take one of the last two admins would otherwise both see the other one. */
async function checkNotLast(
  client: pg.ClientBase,
  { companyId, personId }: { readonly companyId: number; readonly personId: string },
): Promise<void> {
  await client.query('select from company where company_id = $1 for no key update', [companyId])
  const { rows } = await client.query<{ last: boolean }>(
    `select bool_or(person_id = $2) and not bool_or(person_id <> $2) as last
       from membership where company_id = $1 and role = 'admin'`,
    [companyId, personId],
  )
  if (rows[0]?.last) throw new RequestError('LAST_ADMIN')
}

async function readMembers(
  { db }: PeopleKeeping,
  companyId: number,
  personId: string | null = null,
): Promise<MessageInitShape<typeof MemberSchema>[]> {
  const rows = await db.query<MemberRow>(
    `select ${personColumns}, m.role, m.created_at as since,
            (select max(s.last_seen_at) from sign_in s where s.person_id = p.person_id) as last_seen_at
       from membership m join person p using (person_id)
      where m.company_id = $1 and ($2::uuid is null or p.person_id = $2) order by p.email`,
    [companyId, personId],
  )
  return rows.map((row) => ({
    person: personOf(row),
    role: roleOf(row.role),
    since: timestampFromDate(row.since),
    ...(row.last_seen_at ? { lastSeenAt: timestampFromDate(row.last_seen_at) } : {}),
  }))
}
