import { fromJson, type JsonValue } from '@bufbuild/protobuf'
import { FilterSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Database } from '../../sql/database.ts'
import { createUseMarks } from '../key-use.ts'
import type { SettingsVersion } from '../settings-version.ts'
import type { Linked } from '../who.ts'
import { linkHashOf } from './link-token.ts'

/** Links as this gateway knows them. */
export interface KnownLinks {
  /**
   * The link of this token, if it is in force; a revocation is seen within five seconds.
   * @throws if Postgres does not answer
   */
  find(token: string): Promise<Linked | undefined>
}

interface Known {
  readonly link: Linked
  readonly expiresAtMs: number
  readonly readAtMs: number
  readonly version: string | undefined
}

const mostAgeMs = 5_000
const mostLinks = 10_000

/** Links of the table shared_link; asked again only when some setting has changed. */
export function createKnownLinks(
  db: Pick<Database, 'query'>,
  settings: SettingsVersion,
  now: () => number = Date.now,
): KnownLinks {
  const known = new Map<string, Known>()
  const used = createUseMarks(db, { of: 'shared_link', maxEntries: mostLinks })
  const isFresh = (one: Known): boolean => now() - settings.confirmedAtMs(one) <= mostAgeMs
  const lookUp = async (hash: string): Promise<Known | undefined> => {
    const hit = known.get(hash)
    if (hit && (isFresh(hit) || ((await settings.look()) && isFresh(hit)))) return hit
    // Its age counts from before the question: a revocation in between must not be overlooked for longer.
    const [readAtMs, version] = [now(), settings.seen()?.version]
    const read = await readLink(db, hash)
    known.delete(hash)
    if (known.size >= mostLinks) known.delete(known.keys().next().value!)
    if (read) known.set(hash, { ...read, readAtMs, version })
    return known.get(hash)
  }
  return {
    async find(token) {
      const hash = linkHashOf(token).toString('base64')
      const found = await lookUp(hash)
      if (!found || found.expiresAtMs <= now()) return undefined
      used.mark(hash, now())
      return found.link
    },
  }
}

async function readLink(
  db: Pick<Database, 'query'>,
  hash: string,
): Promise<Omit<Known, 'readAtMs' | 'version'> | undefined> {
  const [row] = await db.query<{
    company_id: number
    link_id: string
    site_id: number | null
    site_ids: number[]
    filters: JsonValue[]
    segment_id: string | null
    expires_at: Date
  }>(
    `select company_id, link_id, site_id, filters, segment_id, expires_at,
            array(select s.site_id from site s where s.company_id = l.company_id) as site_ids
       from shared_link l where token_hash = $1 and revoked_at is null and expires_at > now()`,
    [Buffer.from(hash, 'base64')],
  )
  if (!row) return undefined
  const oneSite = row.site_id !== null
  const lock = {
    siteIds: new Set(row.site_id === null ? row.site_ids : [row.site_id]),
    oneSite,
    // A condition that this version cannot read must not be passed over: it is thrown.
    filters: row.filters.map((one) => fromJson(FilterSchema, one)),
    segmentId: row.segment_id ?? '',
  }
  const link = { kind: 'link' as const, companyId: row.company_id, linkId: row.link_id, lock }
  return { link, expiresAtMs: row.expires_at.getTime() }
}
