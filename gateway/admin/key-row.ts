import type { MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import { type ApiKeySchema, KeyKind } from '../../proto/gen/userflow/v1/admin_pb.ts'
import type { Key, Scope } from '../keys.ts'

/** A row of `api_key`, the columns of `keyColumns`. */
export interface KeyRow extends Record<string, unknown> {
  key_id: string
  prefix: string
  site_id: number
  kind: Key['kind']
  scopes: Scope[]
  label: string
  events_per_second: number | null
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
  replaced_by: string | null
}

/** Everything of a key but its hash. */
export const keyColumns = `key_id, prefix, site_id, kind, scopes, label, events_per_second, created_at, expires_at, revoked_at,
  last_used_at, replaced_by`

/**
 * Whether a key can be used now; `gateway/keys.ts` asks the same. By the time of the statement: that of a transaction which
 * waited for a lock is older than the end that the one before it wrote.
 */
export const inForce = 'coalesce(least(expires_at, revoked_at) > statement_timestamp(), true)'

/** The key as the contract has it. */
export function apiKeyOf(row: KeyRow): MessageInitShape<typeof ApiKeySchema> {
  const { expires_at: expiresAt, revoked_at: revokedAt, last_used_at: lastUsedAt } = row
  return {
    keyId: row.key_id,
    prefix: row.prefix,
    siteId: row.site_id,
    kind: row.kind === 'write' ? KeyKind.WRITE : KeyKind.SECRET,
    scopes: row.scopes,
    label: row.label,
    eventsPerSecond: row.events_per_second ?? 0,
    createdAt: timestampFromDate(row.created_at),
    replacedBy: row.replaced_by ?? '',
    ...(expiresAt ? { expiresAt: timestampFromDate(expiresAt) } : {}),
    ...(revokedAt ? { revokedAt: timestampFromDate(revokedAt) } : {}),
    ...(lastUsedAt ? { lastUsedAt: timestampFromDate(lastUsedAt) } : {}),
  }
}
