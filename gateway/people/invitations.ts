import { createHash, randomBytes } from 'node:crypto'
import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type {
  InvitationSchema,
  InviteMemberRequest,
  InviteMemberResponseSchema,
  RevokeInvitationRequest,
} from '../../proto/gen/userflow/v1/people_pb.ts'
import { originFor } from '../admin/snippet.ts'
import { RequestError } from '../errors.ts'
import type { RoleName } from '../permissions.ts'
import type { PeopleCaller } from './caller.ts'
import { checkEmail, checkRole, checkUuid, roleOf } from './check-person.ts'
import { companyOf, type PeopleKeeping } from './keeping.ts'

/** A row of `invitation`, without the hash of its token. */
interface InvitationRow extends Record<string, unknown> {
  invitation_id: string
  email: string
  role: RoleName
  invited_by: string
  created_at: Date
  expires_at: Date
}

const columns = 'invitation_id, email, role, invited_by, created_at, expires_at'
const lastsDays = 7
const tokenBytes = 32

/** What the database knows an invitation's token by: 256 random bits need no salt and no slow hash. */
export const tokenHashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const invitationOf = (row: InvitationRow): MessageInitShape<typeof InvitationSchema> => ({
  invitationId: row.invitation_id,
  email: row.email,
  role: roleOf(row.role),
  invitedBy: row.invited_by,
  createdAt: timestampFromDate(row.created_at),
  expiresAt: timestampFromDate(row.expires_at),
})

/** Invitations that can still be accepted, newest first. */
export async function openInvitations({ db }: PeopleKeeping, companyId: number) {
  const rows = await db.query<InvitationRow>(
    `select ${columns} from invitation where company_id = $1 and ended_at is null and expires_at > now()
      order by created_at desc, invitation_id`,
    [companyId],
  )
  return rows.map(invitationOf)
}

/** @throws RequestError PARAMETER_INVALID or ALREADY_MEMBER */
export async function inviteMember(
  { db, http }: PeopleKeeping,
  request: InviteMemberRequest,
  caller: PeopleCaller,
): Promise<MessageInitShape<typeof InviteMemberResponseSchema>> {
  const companyId = companyOf(caller)
  const [email, role] = [checkEmail(request.email), checkRole(request.role)]
  const token = randomBytes(tokenBytes).toString('base64url')
  const { who } = caller
  const row = await db.transaction('begin', async (client) => {
    const member = await client.query(
      'select from membership m join person p using (person_id) where m.company_id = $1 and p.email = $2',
      [companyId, email],
    )
    if (member.rowCount) throw new RequestError('ALREADY_MEMBER')
    await client.query(
      'update invitation set ended_at = now() where company_id = $1 and email = $2 and ended_at is null',
      [companyId, email],
    )
    const { rows } = await client.query<InvitationRow>(
      `insert into invitation (company_id, email, role, token_hash, invited_by, expires_at)
       values ($1, $2, $3, $4, coalesce((select prefix from api_key where company_id = $1 and key_id = $5), $6),
               now() + make_interval(days => $7))
       returning ${columns}`,
      [
        companyId,
        email,
        role,
        tokenHashOf(token),
        who.kind === 'key' ? who.keyId : null,
        who.kind === 'person' ? who.email : '',
        lastsDays,
      ],
    )
    return rows[0]!
  })
  // Behind "#", so that no server and no log on the way gets to see it.
  return { invitation: invitationOf(row), link: `${originFor(caller, http)}/join#${token}` }
}

/** Ends an invitation; of one that has ended nothing changes. @throws RequestError PARAMETER_INVALID or UNKNOWN_ID */
export async function revokeInvitation(
  { db }: PeopleKeeping,
  request: RevokeInvitationRequest,
  caller: PeopleCaller,
): Promise<object> {
  const rows = await db.query(
    `update invitation set ended_at = coalesce(ended_at, now()) where company_id = $1 and invitation_id = $2
     returning invitation_id`,
    [companyOf(caller), checkUuid('invitation_id', request.invitationId)],
  )
  if (rows.length === 0) throw new RequestError('UNKNOWN_ID')
  return {}
}
