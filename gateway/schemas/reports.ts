import type { Logger } from '../../runtime/logger.ts'
import type { Database } from '../../sql/database.ts'
import { inTime } from '../in-time.ts'
import type { Breach } from './breach.ts'

/** An event that broke a schema in report mode. */
export interface ReportedBreach {
  readonly companyId: number
  readonly siteId: number
  readonly name: string
  readonly version: number
  readonly breach: Breach
}

/** Counts events that break a schema in report mode. Best effort: what was counted and not written yet goes with the process. */
export interface Reports extends AsyncDisposable {
  add(reported: ReportedBreach): void
  /** Writes what was counted. Does not reject: what cannot be written is counted on. */
  flush(): Promise<void>
}

const everyMs = 5_000
const answerWithinMs = 3_000
/** Rows of event_schema_report that wait to be written. */
const mostWaiting = 1_000
/** Rules told apart for a version and hour at one gateway; the properties' names in them may be a stranger's. */
const mostRules = 100
const hourMs = 3_600_000
const keptDays = 30

const cleaning = `delete from event_schema_report where hour < now() - $1 * interval '1 day'`

interface Count {
  readonly reported: ReportedBreach
  readonly hourMs: number
  readonly group: string
  readonly rule: string
  message: string
  events: number
}

/** Writes every five seconds and on disposal, in one statement, to event_schema_report. */
export function createReports(deps: { db: Pick<Database, 'query'>; logger: Logger; now?: () => number }): Reports {
  const { db, logger, now = Date.now } = deps
  const counts = new Map<string, Count>()
  const rules = new Map<string, Set<string>>()
  let cleanedHour = 0
  let writing: Promise<void> | undefined

  const flush = async (): Promise<void> => {
    const batch = [...counts.values()]
    counts.clear()
    try {
      if (batch.length > 0) await inTime(answerWithinMs, write(db, batch))
      if (cleanedHour === hourOf(now())) return
      cleanedHour = hourOf(now())
      rules.clear()
      await inTime(answerWithinMs, db.query(cleaning, [keptDays]))
    } catch (error) {
      logger.warn({ err: error, rules: batch.length }, 'events that broke a schema could not be counted')
      for (const count of batch) put(counts, count)
    }
  }
  const flushOnce = (): Promise<void> => {
    writing ??= flush().finally(() => {
      writing = undefined
    })
    return writing
  }
  const timer = setInterval(() => void flushOnce(), everyMs)
  timer.unref()
  return {
    add(reported) {
      const hour = hourOf(now())
      const told = rulesOf(rules, `${reported.companyId}/${reported.version}/${hour}/${reported.name}`)
      const { group, rule, message } = narrow(told, reported.breach)
      put(counts, { reported, hourMs: hour, group, rule, message, events: 1 })
    },
    flush: flushOnce,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await writing
      await flush()
    },
  }
}

const hourOf = (ms: number): number => Math.floor(ms / hourMs) * hourMs

function rulesOf(rules: Map<string, Set<string>>, schema: string): Set<string> {
  let told = rules.get(schema)
  if (told) return told
  if (rules.size >= mostWaiting) rules.clear()
  told = new Set()
  rules.set(schema, told)
  return told
}

/** The rule, or one for all others when too many are told apart already. */
function narrow(told: Set<string>, breach: Breach): Pick<Breach, 'group' | 'rule' | 'message'> {
  const rule = `${breach.rule} ${breach.group}`
  if (!told.has(rule) && told.size >= mostRules) {
    return { group: 'properties', rule: 'others', message: `breaks one of more than ${mostRules} rules` }
  }
  told.add(rule)
  return breach
}

function put(counts: Map<string, Count>, count: Count): void {
  const { companyId, siteId, version, name } = count.reported
  const key = `${companyId}/${siteId}/${version}/${count.hourMs}/${count.rule}/${count.group}/${name}`
  const known = counts.get(key)
  if (known) {
    known.events += count.events
    known.message = count.message
  } else if (counts.size < mostWaiting) counts.set(key, count)
}

/** In the order of the key, so that two gateways never wait for each other. */
async function write(db: Pick<Database, 'query'>, counts: readonly Count[]): Promise<void> {
  const rows = counts.map(
    ({ reported: { companyId, siteId, name, version }, hourMs, group, rule, message, events }) => ({
      company_id: companyId,
      name,
      version,
      hour: new Date(hourMs).toISOString(),
      site_id: siteId,
      field: group,
      rule,
      events,
      last_message: message,
    }),
  )
  await db.query(
    `insert into event_schema_report as r (company_id, name, version, hour, site_id, field, rule, events, last_message)
     select company_id, name, version, hour, site_id, field, rule, events, last_message
       from jsonb_to_recordset($1::jsonb) as given (company_id int, name text, version int, hour timestamptz, site_id int,
            field text, rule text, events bigint, last_message text)
      order by company_id, name, version, hour, site_id, field, rule
     on conflict (company_id, name, version, hour, site_id, field, rule)
     do update set events = r.events + excluded.events, last_message = excluded.last_message`,
    [JSON.stringify(rows)],
  )
}
