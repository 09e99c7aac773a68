import type { Check, Evidence, Violation } from './evidence.ts'
import { numberOf } from './number-of.ts'

/** I1: every accepted id is stored exactly once, for its own company. */
export const acceptedOnce: Check = (evidence) =>
  broken(
    evidence,
    { invariant: 'I1', what: 'accepted ids are not stored exactly once' },
    `
    select l.event_id, count(e.event_id) as times
    from prove_ledger l left join user_events e using (company_id, event_id)
    where l.said = 'accepted' group by l.event_id having count(e.event_id) <> 1`,
  )

/** I2: no rejected id is stored. */
export const rejectedNever: Check = (evidence) =>
  broken(
    evidence,
    { invariant: 'I2', what: 'rejected ids are stored' },
    `
    select l.event_id, count(*) as times from prove_ledger l join user_events e using (event_id)
    where l.said = 'rejected' group by l.event_id`,
  )

/** I3: an id of unknown fate is stored at most once. */
export const unknownAtMostOnce: Check = (evidence) =>
  broken(
    evidence,
    { invariant: 'I3', what: 'ids of unknown fate are stored more than once' },
    `
    select l.event_id, count(*) as times from prove_ledger l join user_events e using (event_id)
    where l.said = 'unknown' group by l.event_id having count(*) > 1`,
  )

/** I4: nothing is stored that nobody sent, or for another company. */
export const nothingElse: Check = (evidence) =>
  broken(
    evidence,
    { invariant: 'I4', what: 'events are stored that nobody sent for this company' },
    `
    select e.event_id, count(*) as times
    from user_events e left join prove_ledger l using (company_id, event_id)
    where l.event_id is null group by e.event_id`,
  )

/** `text` finds the broken ids and how often each is stored. */
async function broken(
  evidence: Evidence,
  { invariant, what }: { readonly invariant: string; readonly what: string },
  text: string,
): Promise<Violation[]> {
  const [row] = await evidence.database.query<{ ids: string; times: string; examples: string | null }>(
    `with wrong as materialized (${text})
     select count(*) as ids, coalesce(sum(times), 0) as times,
            (select string_agg(event_id || ' ×' || times, ', ') from (select * from wrong limit 3) few) as examples
     from wrong`,
  )
  if (numberOf(row?.ids) === 0) return []
  return [{ invariant, message: `${row?.ids} ${what} (${row?.examples})` }]
}
