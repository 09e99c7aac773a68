import type { JsonObject } from '@bufbuild/protobuf'
import type { Logger } from '../../runtime/logger.ts'
import { Counter, type Registry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { inTime } from '../in-time.ts'
import { createSettingsVersion, type SettingsVersion } from '../settings-version.ts'
import { type CompanySchemas, companySchemas, SchemaInForce, type SchemaWatch } from './company-schemas.ts'
import { createReports } from './reports.ts'

/** The schemas of every company, as this gateway knows them. Disposal writes what was counted in report mode. */
export interface KnownSchemas extends AsyncDisposable {
  /**
   * The schemas of a company, at most five seconds old while Postgres answers; undefined if it has none. Answers at once for a
   * company that sends all the time: whether anything changed is asked in the background, for all companies at once. While Postgres is away the last answer
   * stays, and a company that was never asked for has none: its events are taken, and counted as unjudged batches.
   * Never rejects.
   */
  of(companyId: number): CompanySchemas | undefined | Promise<CompanySchemas | undefined>
  /** Forgets what is known of a company, so that this gateway follows a change at once. */
  forget(companyId: number): void
}

const mostAgeMs = 5_000
const mostCompanies = 10_000
/** A batch waits this long at most, and after a failure not at all for `restMs`. */
const answerWithinMs = 2_000
const restMs = 1_000

interface Known {
  readonly inForce: ReadonlyMap<string, SchemaInForce>
  /** Undefined: there are none. */
  readonly schemas: CompanySchemas | undefined
  readonly readAtMs: number
  /** The version of all settings that was seen last before they were read. */
  readonly version: string
  /** When they were last known to be so, in ms since 1970. */
  confirmedAtMs: number
}

export interface KnownSchemasDeps {
  readonly db: Pick<Database, 'query'>
  readonly registry: Registry
  readonly logger: Logger
  /** The clock, in ms since 1970; a test's may be another. */
  readonly now?: () => number
  /** Says that nothing has changed. Absent: one of its own. */
  readonly settings?: SettingsVersion
}

export function createKnownSchemas(deps: KnownSchemasDeps): KnownSchemas {
  const { db, now = Date.now } = deps
  const settings = deps.settings ?? createSettingsVersion(db, { mostAgeMs, now })
  const reports = createReports(deps)
  const { watch, unjudged } = createWatch(deps, reports.add)
  const known = new Map<number, Known>()
  const reading = new Map<number, Promise<void>>()
  let restUntilMs = 0

  const rest = (): void => {
    restUntilMs = now() + restMs
  }
  const read = async (companyId: number): Promise<void> => {
    try {
      const { version } = settings.seen() ?? (await settings.look())
      // Their age counts from before the question: a change in between must not be overlooked for longer.
      const readAtMs = now()
      const inForce = await inTime(answerWithinMs, readSchemas(db, companyId, known.get(companyId)?.inForce))
      const schemas = inForce.size === 0 ? undefined : companySchemas(companyId, inForce, watch)
      known.delete(companyId)
      if (known.size >= mostCompanies) known.delete(known.keys().next().value!)
      known.set(companyId, { inForce, schemas, readAtMs, version, confirmedAtMs: readAtMs })
    } catch {
      rest()
    } finally {
      reading.delete(companyId)
    }
  }
  const readOnce = (companyId: number): Promise<void> => {
    const under = reading.get(companyId) ?? read(companyId)
    reading.set(companyId, under)
    return under
  }
  const renew = async (companyId: number, version: string): Promise<void> => {
    const seen = await settings.look().catch(rest)
    if (seen && seen.version !== version) await readOnce(companyId)
  }
  const lastKnown = (companyId: number): CompanySchemas | undefined => {
    const found = known.get(companyId)
    if (!found) unjudged.inc()
    return found?.schemas
  }

  return {
    of(companyId) {
      const found = known.get(companyId)
      if (found) found.confirmedAtMs = Math.max(found.confirmedAtMs, settings.confirmedAtMs(found))
      const changed = settings.seen()?.version !== found?.version
      const fresh = found !== undefined && now() - found.confirmedAtMs <= mostAgeMs
      if (fresh && !changed) return found.schemas
      if (now() < restUntilMs) return lastKnown(companyId)
      const renewed = found && !changed ? renew(companyId, found.version) : readOnce(companyId)
      return fresh ? found.schemas : renewed.then(() => lastKnown(companyId))
    },
    forget: (companyId) => void known.delete(companyId),
    [Symbol.asyncDispose]: () => reports[Symbol.asyncDispose](),
  }
}

function createWatch({ registry, logger }: KnownSchemasDeps, reported: SchemaWatch['reported']) {
  const registers = [registry]
  const broken = new Counter({
    name: 'userflow_schema_broken_events_total',
    help: 'Events that broke a schema of their company, by its mode: report (they were taken) or enforce (rejected).',
    labelNames: ['mode'],
    registers,
  })
  const unjudged = new Counter({
    name: 'userflow_schema_unjudged_batches_total',
    help: 'Batches taken without a look at schemas, because those of the company were never read and Postgres was away.',
    registers,
  })
  const watch: SchemaWatch = {
    broken: (mode) => broken.inc({ mode }),
    reported,
    unusable: ({ name, version }, error) =>
      logger.error({ err: error, schema: name, version }, 'a schema cannot be used; its events are taken unjudged'),
  }
  return { watch, unjudged }
}

interface SchemaRow extends Record<string, unknown> {
  name: string
  version: number
  mode: 'report' | 'enforce'
  json_schema: JsonObject | null
}

/** The schemas in force. Versions never change, so that of one known already only the mode is read. */
async function readSchemas(
  db: Pick<Database, 'query'>,
  companyId: number,
  old: ReadonlyMap<string, SchemaInForce> | undefined,
): Promise<ReadonlyMap<string, SchemaInForce>> {
  const versions = Object.fromEntries([...(old ?? [])].map(([name, { kept }]) => [name, kept.version]))
  const rows = await db.query<SchemaRow>(
    `select m.name, m.mode, s.version,
            case when $2::jsonb -> m.name is distinct from to_jsonb(s.version) then s.json_schema end as json_schema
       from event_schema_mode m
       cross join lateral (
         select version, json_schema from event_schema s
          where s.company_id = m.company_id and s.name = m.name order by version desc limit 1
       ) s
      where m.company_id = $1 and m.mode <> 'off'`,
    [companyId, JSON.stringify(versions)],
  )
  return new Map(
    rows.map(({ name, version, mode, json_schema: json }) => [
      name,
      json === null ? old!.get(name)!.in(mode) : new SchemaInForce({ name, version, mode, json }),
    ]),
  )
}
