import { setImmediate } from 'node:timers/promises'
import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf'
import type { TrialSchema } from '../../proto/gen/userflow/v1/schemas_pb.ts'
import type { Database } from '../../sql/database.ts'
import { readForCompany } from '../analytics/read-for-company.ts'
import { toStoreError } from '../analytics/run-statement.ts'
import { fromMicros, toSqlTime } from '../analytics/time.ts'
import { RequestError } from '../errors.ts'
import type { Breach } from './breach.ts'
import type { CompiledSchema } from './compile-schema.ts'

/** What a schema would have done, as the contract tells it. */
export type Trial = MessageInitShape<typeof TrialSchema>

/** Events of a company by name. */
export interface Named {
  readonly companyId: number
  readonly name: string
}

const dayUs = 86_400e6
/** Events are looked at by when they were received. */
const lookBackUs = 7 * dayUs
/** Stored events lie in order of their own time, so that those sent much later than they happened would ask for all of them. */
const latestArrivalUs = 30 * dayUs
const withinMs = 12_000
/** At most 64 KiB each. */
const pageEvents = 200
const turnMs = 20
const mostRules = 50
const mostExamples = 3

interface StoredProperties {
  event_id: string
  /** Null: it has none. */
  metadata: JsonObject | null
}

/**
 * Judges the company's stored events of the name that were received in the last 7 days (and happened in the last 30) by the code
 * that judges new ones. Reads page by page from a cursor, so that memory does not grow with the events.
 * @throws RequestError QUERY_TOO_SLOW with how far it came after 12 s, STORE_DOWN
 */
export async function tryOnStored(db: Database, { companyId, name }: Named, schema: CompiledSchema): Promise<Trial> {
  const startedAt = performance.now()
  const fromUs = Date.now() * 1e3 - lookBackUs
  const rules = new Map<string, Rule>()
  let turnAt = startedAt
  const counts = { events: 0, rejected: 0 }
  const late = () => performance.now() - startedAt > withinMs
  try {
    await readForCompany(db, { companyId, timeoutMs: withinMs }, async (client) => {
      await client.query(cursor, [companyId, name, toSqlTime(fromUs), toSqlTime(Date.now() * 1e3 - latestArrivalUs)])
      for (;;) {
        const { rows } = await client.query<StoredProperties>(`fetch ${pageEvents} from trial`)
        for (const row of rows) {
          judge(row)
          if (late()) throw tooMany(counts.events)
          if (performance.now() - turnAt > turnMs) await giveTurn()
        }
        if (rows.length < pageEvents) return
      }
    })
  } catch (error) {
    throw toStoreError(error)
  }
  const broken = [...rules.values()].sort((a, b) => b.events - a.events).slice(0, mostRules)
  return { ...counts, broken: broken.map(tell), from: fromMicros(fromUs) }

  /** Whoever sends events meanwhile does not wait for the trial. */
  async function giveTurn(): Promise<void> {
    await setImmediate()
    turnAt = performance.now()
  }

  function judge({ event_id: id, metadata }: StoredProperties): void {
    counts.events++
    const breach = schema.check(metadata ?? {})
    if (!breach) return
    counts.rejected++
    count(rules, breach, id)
  }
}

const cursor = `declare trial no scroll cursor for
  select event_id, metadata from user_events
   where company_id = $1 and event_type = 'custom' and event_name = $2
     and received_at >= $3::timestamptz and event_timestamp >= $4::timestamptz`

const tooMany = (events: number): RequestError =>
  new RequestError(
    'QUERY_TOO_SLOW',
    `Only ${events} events could be tried within ${withinMs / 1e3} s: enforce with although_it_rejects, after some days in report mode`,
  )

interface Rule {
  readonly breach: Breach
  events: number
  readonly exampleIds: string[]
}

/** The names of properties in a rule may be a stranger's: no more are told apart than can be told. */
function count(rules: Map<string, Rule>, breach: Breach, eventId: string): void {
  const key = `${breach.rule} ${breach.group}`
  const known = rules.get(key)
  if (known) {
    known.events++
    if (known.exampleIds.length < mostExamples) known.exampleIds.push(eventId)
  } else if (rules.size < 20 * mostRules) rules.set(key, { breach, events: 1, exampleIds: [eventId] })
}

const tell = ({ breach, events, exampleIds }: Rule) => ({
  field: breach.group,
  rule: breach.rule,
  message: breach.message,
  events,
  exampleIds,
})
