import { createHash } from 'node:crypto'
import type { Database } from '../sql/database.ts'
import { inTime } from './in-time.ts'
import { createUseMarks } from './key-use.ts'
import type { Privacy } from './privacy.ts'
import { createSettingsVersion, type SettingsVersion } from './settings-version.ts'

/** ingest: send events. read: ask questions. admin: manage sites, keys, schemas and members. */
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
  /** Says that nothing has changed, so that no remembered key is asked for again. Absent: one of its own. */
  readonly settings?: SettingsVersion
}

/** While Postgres is away a key read this recently goes on working: events are worth more than a revocation in that time. */
const usableWhileDownMs = 600_000
/** A key that does not exist is asked for again after this long, so that a new key works at once. */
const missAgeMs = 1_000
const answerWithinMs = 2_000
/** After a failure Postgres is left alone this long; without it every request would wait for its own time-out. */
const restMs = 1_000

interface Remembered {
  readonly key: Key | undefined
  readonly readAtMs: number
  /** The version of all settings that was seen last before it was read. */
  readonly version: string | undefined
}

/** Keys of the table api_key, found by the SHA-256 of their text and remembered for a short while. */
export function createKeys(db: Pick<Database, 'query'>, options: KeysOptions): Keys {
  if (options.maxAgeMs > 5_000) throw new RangeError('maxAgeMs is at most 5000: a revoked key must end within seconds')
  const now = options.now ?? Date.now
  const settings = options.settings ?? createSettingsVersion(db, { mostAgeMs: options.maxAgeMs, now })
  const memory = createMemory(options.maxEntries)
  const reading = new Map<string, Promise<Key | undefined>>()
  const used = createUseMarks(db, { of: 'api_key', maxEntries: options.maxEntries })
  let restUntilMs = 0
  let lastError: unknown

  const whileDown = (old: Remembered | undefined, cause: unknown): Key | undefined => {
    if (old && now() - settings.confirmedAtMs(old) <= usableWhileDownMs) return old.key
    throw new Error('the key could not be looked up, because Postgres does not answer', { cause })
  }

  const fail = (old: Remembered | undefined, error: unknown): Key | undefined => {
    restUntilMs = now() + restMs
    lastError = error
    return whileDown(old, error)
  }

  const isFresh = (hit: Remembered): boolean => now() - settings.confirmedAtMs(hit) <= options.maxAgeMs

  const read = async (hash: string): Promise<Key | undefined> => {
    // Its age counts from before the question: a revocation in between must not be overlooked for longer.
    const askedAtMs = now()
    const version = settings.seen()?.version
    try {
      const key = await inTime(answerWithinMs, readKey(db, hash))
      memory.keep(hash, { key, readAtMs: askedAtMs, version })
      return key
    } catch (error) {
      return fail(memory.hits.get(hash), error)
    } finally {
      reading.delete(hash)
    }
  }

  const lookUp = async (hash: string): Promise<Key | undefined> => {
    const hit = memory.hits.get(hash)
    if (hit && isFresh(hit)) return hit.key
    const miss = memory.misses.get(hash)
    if (miss && now() - miss.readAtMs <= missAgeMs) return undefined
    if (now() < restUntilMs) return whileDown(hit, lastError)
    if (hit) {
      const failed = await settings.look().then(
        () => undefined,
        (error: unknown) => ({ error }),
      )
      if (failed) return fail(hit, failed.error)
      if (isFresh(hit)) return hit.key
    }
    const known = reading.get(hash) ?? read(hash)
    reading.set(hash, known)
    return known
  }

  return {
    async find(secretText) {
      const hash = createHash('sha256').update(secretText).digest('base64')
      const key = await lookUp(hash)
      if (key) used.mark(hash, now())
      return key?.expiresAtMs !== undefined && key.expiresAtMs <= now() ? undefined : key
    },
  }
}

/** Keys that were found and texts that are none, each at most so many: guesses do not push out keys. */
function createMemory(mostEntries: number) {
  const hits = new Map<string, Remembered>()
  const misses = new Map<string, Remembered>()
  const keep = (hash: string, answer: Remembered): void => {
    hits.delete(hash)
    misses.delete(hash)
    const into = answer.key ? hits : misses
    if (into.size >= mostEntries) into.delete(into.keys().next().value!)
    into.set(hash, answer)
  }
  return { hits, misses, keep }
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
