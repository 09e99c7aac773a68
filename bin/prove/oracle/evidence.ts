import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom } from 'pg-copy-streams'
import type { EventLog } from '../../../eventlog/eventlog.ts'
import type { Database } from '../../../sql/database.ts'
import type { Tenant } from '../tenants.ts'

/** What the oracle judges by: the store, the log, the ledger (as table prove_ledger) and what the faults did on purpose. */
export interface Evidence {
  readonly database: Database
  readonly log: EventLog
  readonly tenants: readonly Tenant[]
  /** Base address of a gateway's HTTP door. */
  readonly http: string
  readonly account: Account
  /** Worker processes there were at the end. */
  readonly workers: number
}

/** What faults did to the log on purpose; the oracle must not take it for the system's own doing. */
export interface Account {
  /** Records that were stored and lie on a log that is there no more. */
  readOnFormerLogs: number
  /** Records that retention deleted before they were read. */
  lost: number
  /** Ids of events that retention deleted before they were read; a resend may still be stored. */
  readonly lostIds: string[]
  /** Records written straight to the log that no worker can make an event of. */
  poison: number
  /** Kinds of incidents that must have been written down. */
  readonly incidents: Set<string>
  /** Single events that a fault sent itself. */
  readonly probes: Probe[]
}

/** An event that a fault sent, to see what is answered. `sentMs` is in ms since 1970. */
export interface Probe {
  readonly eventId: string
  readonly companyId: number
  readonly sentMs: number
  /** Any other answer, or none, leaves its fate unknown. */
  readonly accepted: boolean
}

/** A broken invariant, with its name and one example or two. */
export interface Violation {
  readonly invariant: string
  readonly message: string
}

/** Holds one invariant. Resolves with what breaks it. */
export type Check = (evidence: Evidence) => Promise<Violation[]>

/** An account without any doing. */
export const emptyAccount = (): Account => ({
  readOnFormerLogs: 0,
  lost: 0,
  lostIds: [],
  poison: 0,
  incidents: new Set(),
  probes: [],
})

/**
 * Loads the ledger's file: one row an id. Accepted once is accepted, whatever another attempt was told; rejected only if
 * nothing else was ever said. What retention deleted before it was read is of unknown fate.
 */
export async function loadLedger(database: Database, file: string, { lostIds, probes }: Account): Promise<void> {
  await database.withClient(async (client) => {
    await client.query(`drop table if exists prove_ledger;
      create temp table facts (
        event_id uuid, company_id int, session_id text, visitor_id text, sequence int, sent_ms bigint, fact text)`)
    await pipeline(createReadStream(file), client.query(copyFrom('copy facts from stdin')))
    for (const { eventId, companyId, sentMs, accepted } of probes) {
      const said = accepted ? 'accepted' : 'unknown'
      await client.query('insert into facts values ($1, $2, null, null, 0, $3, $4)', [eventId, companyId, sentMs, said])
    }
    await client.query(`create unlogged table prove_ledger as
      select event_id, max(company_id) as company_id, max(session_id) as session_id, max(visitor_id) as visitor_id,
             max(sequence) as sequence, max(sent_ms) as sent_ms,
             case when bool_or(fact = 'accepted') then 'accepted'
                  when bool_or(fact = 'unknown') or not bool_or(fact = 'rejected') then 'unknown'
                  else 'rejected' end as said
      from facts group by event_id;
      drop table facts;
      analyze prove_ledger`)
    await client.query(
      `update prove_ledger set said = 'unknown' where said = 'accepted' and event_id = any ($1::uuid[])`,
      [lostIds],
    )
  })
}
