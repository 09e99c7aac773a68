// Must not survive: a system whose functions are broken on purpose. A proof that cannot fail proves nothing, so here the
// oracle must find the break and name the invariant.
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Database } from '../../sql/database.ts'
import { faultTimeoutMs, tryFault } from '../support/fault-trial.ts'

/** A change to a SQL function that takes a promise away. */
interface Break {
  readonly name: string
  readonly file: string
  readonly replace: readonly (readonly [text: string, by: string])[]
  /** A fault under which it shows. */
  readonly under: string
  /** Invariants of which at least these must be named. */
  readonly names: readonly string[]
}

const breaks: readonly Break[] = [
  {
    name: 'a batch without the compare-and-set of epoch and offset',
    file: 'apply_batch',
    replace: [[' and p.epoch = p_epoch and p.next_offset = p_first', '']],
    under: 'two-owners',
    names: ['I7'],
  },
  {
    name: 'rollups counted from the batch instead of its new rows',
    file: 'apply_batch',
    replace: [
      ['  perform add_events_hourly(p_partition);\n', ''],
      ['v_duplicate := store_events(', 'perform add_events_hourly(p_partition);\n  v_duplicate := store_events('],
    ],
    under: 'resend-burst',
    names: ['I5'],
  },
  {
    name: 'events keyed by the time of receipt',
    file: 'staged_events',
    replace: [['company_id, site_id, event_timestamp,', 'company_id, site_id, received_at,']],
    under: 'resend-burst',
    names: ['I1'],
  },
  {
    name: 'an event lost now and then on its way from the stage to the store',
    file: 'apply_batch',
    replace: [
      [
        'v_duplicate := store_events(',
        'delete from stage_events where log_offset % 500 = 7;\n  v_duplicate := store_events(',
      ],
    ],
    under: 'resend-burst',
    names: ['I1', 'I7'],
  },
  {
    name: 'visitors that are not remembered from one batch to the next',
    file: 'apply_batch',
    replace: [["  perform store_visitor_states(p_extra -> 'states');\n", '']],
    under: 'resend-burst',
    names: ['I6'],
  },
  {
    name: 'dead letters that are thrown away',
    file: 'apply_batch',
    replace: [["store_dead_letters(p_topic, p_partition, p_extra -> 'dead')", '0']],
    under: 'poison-on-the-log',
    names: ['I7', 'I10'],
  },
  {
    name: 'incidents that nobody writes down',
    file: 'record_incident',
    replace: [
      ['values (p_topic, p_partition, p_kind, p_from, p_to, p_detail)', 'select null, 0, null, 0, 0, null where false'],
    ],
    under: 'stored-offset-past-end',
    names: ['I10'],
  },
]

test.each(breaks)(
  '$name: the oracle names $names',
  async (broken) => {
    const { violations } = await tryFault(broken.under, { prepare: (database) => breakIt(database, broken) })
    expect(violations.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining([...broken.names]))
  },
  faultTimeoutMs,
)

async function breakIt(database: Database, { file, replace }: Break): Promise<void> {
  let text = await readFile(new URL(`../../sql/functions/${file}.sql`, import.meta.url), 'utf8')
  for (const [from, to] of replace) {
    // A break that no longer breaks anything would let the control pass for nothing.
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  await database.query('set check_function_bodies = off')
  await database.query(text)
}
