import type { Check } from './evidence.ts'

/**
 * I6: a session whose events were all accepted has each number of its sequence, and lies in one partition of the log.
 * A visitor who sends no session and never rests is in exactly one.
 */
export const sessionsComplete: Check = async ({ database }) => {
  const torn = await database.query<{ session_id: string; numbers: string; most: string; partitions: string }>(
    `with whole as (
       select company_id, session_id from prove_ledger where session_id is not null and sequence > 0
       group by company_id, session_id having bool_and(said = 'accepted')
     )
     select e.session_id, count(distinct e.sequence) as numbers, max(l.most) as most,
            count(distinct e.log_partition) as partitions
     from whole w
     join user_events e using (company_id, session_id)
     join (select company_id, session_id, max(sequence) as most from prove_ledger group by 1, 2) l
       using (company_id, session_id)
     group by e.company_id, e.session_id
     having count(distinct e.sequence) <> max(l.most) or min(e.sequence) <> 1 or count(distinct e.log_partition) <> 1`,
  )
  const split = await database.query<{ visitor_id: string; sessions: string }>(
    `select l.visitor_id, count(distinct e.session_id) + count(*) filter (where e.session_id is null) as sessions
     from prove_ledger l join user_events e using (company_id, event_id)
     where l.session_id is null and l.visitor_id is not null group by l.company_id, l.visitor_id
     having count(distinct e.session_id) <> 1 or bool_or(e.session_id is null)`,
  )
  return [
    ...torn.slice(0, 3).map(({ session_id, numbers, most, partitions }) => ({
      invariant: 'I6',
      message: `session ${session_id} has ${numbers} of ${most} numbers, in ${partitions} partition(s); ${torn.length} such`,
    })),
    ...split.slice(0, 3).map(({ visitor_id, sessions }) => ({
      invariant: 'I6',
      message: `visitor ${visitor_id} never rested but has ${sessions} sessions; ${split.length} such`,
    })),
  ]
}
