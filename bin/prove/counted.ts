import type { Database } from '../../sql/database.ts'

/** Events first sent in a span of time, by what became of them. */
export interface Counted {
  readonly sent: number
  readonly accepted: number
  readonly rejected: number
  readonly unknown: number
  /** Accepted ones that are stored, counted once each. */
  readonly stored: number
  /** Accepted ones that are not stored. */
  readonly lost: number
  /** Rows beyond the first of one id. */
  readonly duplicated: number
}

/** Counts ledger and store for each span, and for all time. The ledger must be loaded. */
export async function countByTime<Span extends { readonly fromMs: number; readonly toMs: number }>(
  database: Database,
  spans: readonly Span[],
): Promise<{ rows: (Span & Counted)[]; total: Counted }> {
  const all = [...spans.map(({ fromMs, toMs }) => [fromMs, toMs]), [0, Number.MAX_SAFE_INTEGER]]
  const counted = await database.query<{ nth: string } & Record<keyof Counted, string>>(
    `with fates as materialized (
       select l.sent_ms, l.said, count(e.event_id) as times
       from prove_ledger l left join user_events e using (company_id, event_id) group by l.event_id, l.sent_ms, l.said
     )
     select nth, count(f) as sent, count(f) filter (where said = 'accepted') as accepted,
            count(f) filter (where said = 'rejected') as rejected, count(f) filter (where said = 'unknown') as unknown,
            count(f) filter (where said = 'accepted' and times > 0) as stored,
            count(f) filter (where said = 'accepted' and times = 0) as lost,
            coalesce(sum(times - 1) filter (where times > 1), 0) as duplicated
     from unnest($1::bigint[], $2::bigint[]) with ordinality as span (from_ms, to_ms, nth)
     left join fates f on f.sent_ms >= from_ms and f.sent_ms < to_ms
     group by nth order by nth`,
    [all.map(([from]) => from), all.map(([, to]) => to)],
  )
  const numbers = counted.map((row): Counted => {
    const { nth: _, ...rest } = row
    return Object.fromEntries(Object.entries(rest).map(([name, text]) => [name, Number(text)])) as unknown as Counted
  })
  return { rows: spans.map((span, at) => ({ ...span, ...numbers[at]! })), total: numbers.at(-1)! }
}
