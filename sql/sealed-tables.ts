import type pg from 'pg'
import { verifyBreakdownRepeats } from './breakdown-repeats.ts'
import { verifyClicks } from './click-repeats.ts'
import { verifyPageRepeats } from './page-repeats.ts'
import { verifyPageSpans } from './page-spans.ts'
import { verifyReturns } from './returns.ts'
import { wholeSource } from './stage-day.ts'
import type { Verified } from './verified.ts'

/**
 * The tables that hold what raw rows say of sealed days, each computed by sql/sealed/<table>.sql from company $1, time zone $2
 * and day $3. Each has the columns company_id, day and site_id, and its columns in the order of that file. Such a file may read
 * the events of the day and the sessions that began on it, in what sql/stage-day.ts holds of them: whoever changes these says so to
 * `reopen_days`. Nothing else, or a seal would outlive a change; but for session_traits, click_traits, value_sets and way_codes,
 * whose rows never change.
 */
export const sealedTables = [
  'sealed_session_totals',
  'sealed_event_counts',
  'sealed_pages',
  'sealed_visitor_pages',
  'sealed_speed',
  'sealed_sessions',
  'sealed_breakdowns',
  'sealed_user_days',
  'sealed_other_values',
  'sealed_event_values',
  'sealed_experiments',
  'sealed_clicks',
  'sealed_form_steps',
  'sealed_visitor_times',
  'sealed_hours',
  'sealed_views',
  'sealed_vitals',
  'sealed_ways',
] as const

/** Computes every sealed day anew and compares row by row, in the snapshot of the client's transaction. */
export async function verifySealedDays(client: pg.ClientBase): Promise<Verified[]> {
  const found: Verified[] = []
  for (const table of sealedTables) found.push(await verifySealed(client, table))
  found.push(await verifyPageRepeats(client), await verifyPageSpans(client))
  found.push(await verifyBreakdownRepeats(client), await verifyReturns(client))
  found.push(...(await verifyClicks(client)))
  return found
}

async function verifySealed(client: pg.ClientBase, table: string): Promise<Verified> {
  const source = (await wholeSource(table))
    .replaceAll('$1', 'verified_day.company_id')
    .replaceAll('$2', 'verified_day.time_zone')
    .replaceAll('$3', 'verified_day.day')
  const { rows } = await client.query<{ rows: string; different: string; example: Verified['example'] | null }>(
    `with days as materialized (
       select k.company_id, k.time_zone, k.day, z.sites, z.is_listed
       from sealed_days k
       cross join lateral company_zones(k.company_id) z
       where k.is_sealed and z.time_zone = k.time_zone
     ),
     stored as (
       select to_jsonb(t) as row, count(*) as n from days k
       join ${table} t on t.company_id = k.company_id and t.day = k.day and (t.site_id = any (k.sites)) = k.is_listed
       group by 1
     ),
     recomputed as (
       select to_jsonb(r) as row, count(*) as n from days verified_day cross join lateral (${source}) r group by 1
     ),
     both_sides as (
       select s.row as stored, r.row as recomputed, s.n is distinct from r.n as differs
       from stored s full join recomputed r on r.row = s.row
     )
     select count(*) as rows, count(*) filter (where differs) as different,
            (select to_jsonb(b) from both_sides b where differs limit 1) as example
     from both_sides`,
  )
  const [row] = rows
  return {
    rollup: table,
    rows: Number(row?.rows),
    different: Number(row?.different),
    example: row?.example ?? undefined,
  }
}
