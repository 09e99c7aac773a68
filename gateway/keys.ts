import { createHash } from 'node:crypto'
import type { Database } from '../sql/database.ts'
import { inTime } from './in-time.ts'
import type { Privacy } from './privacy.ts'

/** ingest: send events. read: ask questions. admin: manage sites, keys and schemas. */
export type Scope = 'ingest' | 'read' | 'admin'

/** What a key allows. The company comes from here and from nowhere else. */
export interface Key {
  /** Its id, for logs and limits; a UUID, and never the key. */
  readonly keyId: string
  /** write: public, sends events. secret: server side, does what its scopes say. */
  readonly kind: 'write' | 'secret'
  readonly scopes: readonly Scope[]
  readonly companyId: number
  readonly siteId: number
  /** Origins a browser may send from; empty: any. */
  readonly allowedOrigins: readonly string[]
  readonly privacy: Privacy
  /** Events a second at this gateway, of the key and of all keys of its company; absent: no limit. */
  readonly eventsPerSecond?: number
  readonly companyEventsPerSecond?: number
  /** When it ends, by expiry or revocation, in ms since 1970; absent: not foreseen. */
  readonly expiresAtMs?: number
}

export interface Keys {
  /**
   * The key of this text, if it is known and in force. A revocation is seen within `maxAgeMs` while Postgres answers.
   * @throws if Postgres does not answer and the key was not read within the last ten minutes
   */
  find(secretText: string): Promise<Key | undefined>
}

export interface KeysOptions {
  /** How old an answer may be; at most 5,000, so that a revoked key ends within seconds. */
  readonly maxAgeMs: number
  /** Keys remembered, and as many again that do not exist. */
  readonly maxEntries: number
  /** The clock, in ms since 1970; a test's may be another. */
  readonly now?: () => number
}

/** While Postgres is away a key read this recently goes on working: events are worth more than a revocation in that time. */
const usableWhileDownMs = 600_000
/** A key that does not exist is asked for again after this long, so that a new key works at once. */
const missAgeMs = 1_000
const answerWithinMs = 2_000
/** After a failure Postgres is left alone this long; without it every request would wait for its own time-out. */
const restMs = 1_000
const usedEveryMs = 60_000

interface Remembered {
  readonly key: Key | undefined
  readonly readAtMs: number
}

/** Keys of the table api_key, found by the SHA-256 of their text and remembered for a short while. */
export function createKeys(db: Pick<Database, 'query'>, options: KeysOptions): Keys {
  if (options.maxAgeMs > 5_000) throw new RangeError('maxAgeMs is at most 5000: a revoked key must end within seconds')
  const now = options.now ?? Date.now
  const hits = new Map<string, Remembered>()
  const misses = new Map<string, Remembered>()
  const reading = new Map<string, Promise<Key | undefined>>()
  const used = createUseMarks(db, options.maxEntries)
  let restUntilMs = 0
  let lastError: unknown

  const whileDown = (old: Remembered | undefined, cause: unknown): Key | undefined => {
    if (old && now() - old.readAtMs <= usableWhileDownMs) return old.key
    throw new Error('the key could not be looked up, because Postgres does not answer', { cause })
  }

  const remember = (hash: string, answer: Remembered): void => {
    hits.delete(hash)
    misses.delete(hash)
    const into = answer.key ? hits : misses
    if (into.size >= options.maxEntries) into.delete(into.keys().next().value!)
    into.set(hash, answer)
  }

  const read = async (hash: string): Promise<Key | undefined> => {
    // Its age counts from before the question: a revocation in between must not be overlooked for longer.
    const askedAtMs = now()
    try {
      const key = await inTime(answerWithinMs, readKey(db, hash))
      remember(hash, { key, readAtMs: askedAtMs })
      if (key) used.mark(hash, now())
      return key
    } catch (error) {
      restUntilMs = now() + restMs
      lastError = error
      return whileDown(hits.get(hash), error)
    } finally {
      reading.delete(hash)
    }
  }

  const lookUp = async (hash: string): Promise<Key | undefined> => {
    const hit = hits.get(hash)
    if (hit && now() - hit.readAtMs <= options.maxAgeMs) return hit.key
    const miss = misses.get(hash)
    if (miss && now() - miss.readAtMs <= missAgeMs) return undefined
    if (now() < restUntilMs) return whileDown(hit, lastError)
    const known = reading.get(hash) ?? read(hash)
    reading.set(hash, known)
    return known
  }

  return {
    async find(secretText) {
      const key = await lookUp(createHash('sha256').update(secretText).digest('base64'))
      return key?.expiresAtMs !== undefined && key.expiresAtMs <= now() ? undefined : key
    },
  }
}

interface KeyRow {
  key_id: string
  kind: Key['kind']
  company_id: number
  site_id: number
  allowed_origins: string[]
  ip_mode: Privacy['ipMode']
  scopes: Scope[]
  cookieless: boolean
  query_parameters: string[] | null
  denied_properties: string[]
  respect_do_not_track: boolean
  events_per_second: number | null
  company_events_per_second: number | null
  ends_at_ms: number | null
}

async function readKey(db: Pick<Database, 'query'>, hash: string): Promise<Key | undefined> {
  const [row] = await db.query<KeyRow & Record<string, unknown>>(
    `select k.key_id, k.kind, k.company_id, k.site_id, k.scopes, s.allowed_origins, s.ip_mode, s.cookieless, s.query_parameters,
            s.denied_properties, s.respect_do_not_track, k.events_per_second,
            c.events_per_second as company_events_per_second,
            (extract(epoch from least(k.expires_at, k.revoked_at)) * 1000)::float8 as ends_at_ms
       from api_key k join site s using (company_id, site_id) join company c using (company_id)
      where k.key_hash = $1 and coalesce(least(k.expires_at, k.revoked_at) > now(), true)
      order by k.created_at limit 1`,
    [Buffer.from(hash, 'base64')],
  )
  if (!row) return undefined
  return {
    keyId: row.key_id,
    kind: row.kind,
    companyId: row.company_id,
    siteId: row.site_id,
    allowedOrigins: row.allowed_origins,
    scopes: row.scopes,
    privacy: {
      ipMode: row.ip_mode,
      cookieless: row.cookieless,
      ...(row.query_parameters === null ? {} : { queryParameters: row.query_parameters }),
      deniedProperties: row.denied_properties,
      respectDoNotTrack: row.respect_do_not_track,
    },
    ...(row.events_per_second === null ? {} : { eventsPerSecond: row.events_per_second }),
    ...(row.company_events_per_second === null ? {} : { companyEventsPerSecond: row.company_events_per_second }),
    ...(row.ends_at_ms === null ? {} : { expiresAtMs: Math.floor(row.ends_at_ms) }),
  }
}

/** Notes in api_key.last_used_at that a key is in use, at most once a minute a key and gateway. */
function createUseMarks(db: Pick<Database, 'query'>, maxEntries: number) {
  const marked = new Map<string, number>()
  return {
    mark(hash: string, atMs: number): void {
      if (atMs - (marked.get(hash) ?? 0) < usedEveryMs) return
      if (marked.size >= maxEntries) marked.clear()
      marked.set(hash, atMs)
      const update = 'update api_key set last_used_at = now() where key_hash = $1'
      // Nobody waits for it, and a mark that fails is made up for by the next one.
      db.query(update, [Buffer.from(hash, 'base64')]).catch(() => marked.delete(hash))
    },
  }
}
