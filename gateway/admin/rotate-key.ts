import type { MessageInitShape } from '@bufbuild/protobuf'
import type pg from 'pg'
import type { RotateKeyRequest, RotateKeyResponseSchema } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { RequestError } from '../errors.ts'
import type { AdminCaller, Administration } from './administration.ts'
import { checkKeyId } from './check.ts'
import { checkOverlap } from './check-key.ts'
import { apiKeyOf, inForce, type KeyRow, keyColumns } from './key-row.ts'
import { newKeyText } from './key-text.ts'
import { isLastAdminKey, type KeyPlace, lockKeys } from './last-admin-key.ts'

/** Less than it takes to put a new key in its place: if its text were lost on the way, nobody could get in again. */
const leastOverlapOfLastMs = 60_000

/**
 * Makes a key that may do the same, and that does not end by itself; the old one ends after the overlap, or at its own
 * earlier end.
 * @throws RequestError PARAMETER_INVALID, UNKNOWN_ID, KEY_ENDED, or LAST_ADMIN_KEY for one that would end at once
 */
export async function rotateKey(
  { db }: Administration,
  request: RotateKeyRequest,
  { companyId }: AdminCaller,
): Promise<MessageInitShape<typeof RotateKeyResponseSchema>> {
  const place = { companyId, keyId: checkKeyId(request.keyId) }
  const overlapMs = checkOverlap(request.overlap)
  const outcome = await db.transaction('begin', async (client) => {
    await lockKeys(client, place)
    const old = await readKey(client, place)
    if (!old) return 'unknown' as const
    if (!old.in_force || old.replaced_by !== null) return 'ended' as const
    if (overlapMs < leastOverlapOfLastMs && (await isLastAdminKey(client, place))) return 'last' as const
    return replace(client, { place, old, overlapMs })
  })
  if (outcome === 'unknown') throw new RequestError('UNKNOWN_ID')
  if (outcome === 'ended') throw new RequestError('KEY_ENDED')
  if (outcome === 'last')
    throw new RequestError('LAST_ADMIN_KEY', 'An overlap of less than a minute ends this key at once')
  return { key: apiKeyOf(outcome.made), secret: outcome.text, old: apiKeyOf(outcome.old) }
}

type Old = KeyRow & { in_force: boolean }

async function readKey(client: pg.ClientBase, { companyId, keyId }: KeyPlace): Promise<Old | undefined> {
  const { rows } = await client.query<Old>(
    `select ${keyColumns}, ${inForce} as in_force from api_key where company_id = $1 and key_id = $2`,
    [companyId, keyId],
  )
  return rows[0]
}

async function replace(client: pg.ClientBase, what: { place: KeyPlace; old: Old; overlapMs: number }) {
  const { place, overlapMs } = what
  const { text, hash, prefix } = newKeyText(what.old.kind)
  const made = await only(
    client.query<KeyRow>(
      `insert into api_key (company_id, site_id, key_hash, prefix, kind, scopes, label, events_per_second)
       select company_id, site_id, $3, $4, kind, scopes, label, events_per_second
         from api_key where company_id = $1 and key_id = $2
       returning ${keyColumns}`,
      [place.companyId, place.keyId, hash, prefix],
    ),
  )
  const old = await only(
    client.query<KeyRow>(
      `update api_key set expires_at = least(expires_at, now() + $3 * interval '1 millisecond'), replaced_by = $4
        where company_id = $1 and key_id = $2 returning ${keyColumns}`,
      [place.companyId, place.keyId, overlapMs, made.key_id],
    ),
  )
  return { made, old, text }
}

async function only(result: Promise<pg.QueryResult<KeyRow>>): Promise<KeyRow> {
  const [row] = (await result).rows
  if (!row) throw new Error('a key is gone that its company has locked')
  return row
}
