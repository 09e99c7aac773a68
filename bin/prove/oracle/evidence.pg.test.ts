import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../../../test/support/postgres.ts'
import { Ledger, type Said } from '../load/ledger.ts'
import { emptyAccount, loadLedger } from './evidence.ts'

const fates: [what: string, said: Said[], verdict: Said][] = [
  ['answered nothing', [], 'unknown'],
  ['accepted', ['accepted'], 'accepted'],
  ['accepted after an attempt without an answer', ['unknown', 'accepted'], 'accepted'],
  ['without an answer after it was accepted', ['accepted', 'unknown'], 'accepted'],
  ['rejected', ['rejected', 'rejected'], 'rejected'],
  ['rejected, and once without an answer', ['rejected', 'unknown'], 'unknown'],
]

test('the ledger takes an event for what was promised most', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  const folder = await mkdtemp(join(tmpdir(), 'userflow-ledger-'))
  const ids = fates.map(() => randomUUID())
  {
    using ledger = new Ledger(join(folder, 'ledger'))
    for (const [at, [, said]] of fates.entries()) {
      ledger.sent({ eventId: ids[at]!, companyId: 1, sessionId: 's', sequence: at, sentMs: 1_000 })
      for (const one of said) ledger.said(ids[at]!, one)
    }
  }
  await loadLedger(database, join(folder, 'ledger'), emptyAccount())
  const rows = await database.query<{ event_id: string; said: string }>('select event_id, said from prove_ledger')
  const loaded = new Map(rows.map(({ event_id, said }) => [event_id, said]))
  expect(fates.map(([what], at) => [what, loaded.get(ids[at]!)])).toEqual(
    fates.map(([what, , verdict]) => [what, verdict]),
  )
  await rm(folder, { recursive: true })
})
