import type { MessageInitShape } from '@bufbuild/protobuf'
import type {
  CreateKeyRequest,
  CreateKeyResponseSchema,
  ListKeysRequest,
  ListKeysResponseSchema,
  RevokeKeyRequest,
  RevokeKeyResponseSchema,
} from '../../proto/gen/userflow/v1/admin_pb.ts'
import { RequestError } from '../errors.ts'
import type { AdminCaller, Administration } from './administration.ts'
import { checkKeyId, checkSiteId } from './check.ts'
import { checkEventsPerSecond, checkExpiry, checkKeyKind, checkLabel, checkScopes } from './check-key.ts'
import { apiKeyOf, inForce, type KeyRow, keyColumns } from './key-row.ts'
import { newKeyText } from './key-text.ts'
import { isLastAdminKey, lockKeys } from './last-admin-key.ts'

/** The company's keys, newest first. @throws RequestError UNKNOWN_ID for a site it does not have */
export async function listKeys(
  { db }: Administration,
  request: ListKeysRequest,
  { companyId }: AdminCaller,
): Promise<MessageInitShape<typeof ListKeysResponseSchema>> {
  const siteId = request.siteId === 0 ? null : checkSiteId(request.siteId)
  if (siteId !== null) {
    const sites = await db.query('select from site where company_id = $1 and site_id = $2', [companyId, siteId])
    if (sites.length === 0) throw new RequestError('UNKNOWN_ID')
  }
  const rows = await db.query<KeyRow>(
    `select ${keyColumns} from api_key
      where company_id = $1 and ($2::int is null or site_id = $2) and ($3 or ${inForce})
      order by created_at desc, key_id`,
    [companyId, siteId, request.includeEnded],
  )
  return { keys: rows.map(apiKeyOf) }
}

/** @throws RequestError PARAMETER_INVALID, or UNKNOWN_ID for a site the company does not have */
export async function createKey(
  { db }: Administration,
  request: CreateKeyRequest,
  { companyId }: AdminCaller,
): Promise<MessageInitShape<typeof CreateKeyResponseSchema>> {
  const siteId = checkSiteId(request.siteId)
  const kind = checkKeyKind(request.kind)
  const scopes = checkScopes(request.scopes, kind)
  const label = checkLabel(request.label)
  const eventsPerSecond = checkEventsPerSecond(request.eventsPerSecond)
  const expiresAt = checkExpiry(request.expiresAt)
  const { text, hash, prefix } = newKeyText(kind)
  const [row] = await db.query<KeyRow>(
    `insert into api_key (company_id, site_id, key_hash, prefix, kind, scopes, label, events_per_second, expires_at)
     select company_id, site_id, $3, $4, $5, $6, $7, $8, $9 from site where company_id = $1 and site_id = $2
     returning ${keyColumns}`,
    [companyId, siteId, hash, prefix, kind, scopes, label, eventsPerSecond, expiresAt],
  )
  if (!row) throw new RequestError('UNKNOWN_ID')
  return { key: apiKeyOf(row), secret: text }
}

/** Ends a key now; of one that is revoked already nothing changes. @throws RequestError UNKNOWN_ID or LAST_ADMIN_KEY */
export async function revokeKey(
  { db }: Administration,
  request: RevokeKeyRequest,
  { companyId }: AdminCaller,
): Promise<MessageInitShape<typeof RevokeKeyResponseSchema>> {
  const place = { companyId, keyId: checkKeyId(request.keyId) }
  const outcome = await db.transaction('begin', async (client) => {
    await lockKeys(client, place)
    if (await isLastAdminKey(client, place)) return 'last' as const
    const { rows } = await client.query<KeyRow>(
      `update api_key set revoked_at = coalesce(least(revoked_at, now()), now())
        where company_id = $1 and key_id = $2 returning ${keyColumns}`,
      [companyId, place.keyId],
    )
    return rows[0]
  })
  if (outcome === 'last') throw new RequestError('LAST_ADMIN_KEY')
  if (!outcome) throw new RequestError('UNKNOWN_ID')
  return { key: apiKeyOf(outcome) }
}
