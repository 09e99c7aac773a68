import { expect, test } from 'vitest'
import { createLogger } from '../../runtime/logger.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { keepVersion, readKept } from './kept-schemas.ts'
import { createReports, type ReportedBreach } from './reports.ts'

const broken = (change: Partial<ReportedBreach> & { field?: string; message?: string } = {}): ReportedBreach => {
  const { field = 'properties.price', message = 'must be >= 0', ...rest } = change
  const breach = { field, group: field, rule: 'minimum', message }
  return { companyId: 1, siteId: 1, name: 'purchase', version: 1, breach, ...rest }
}

async function ground() {
  await using opened = new AsyncDisposableStack()
  const { url } = opened.use(await freshDatabase())
  const db = opened.use(testDatabase(url))
  await db.query(`insert into company (company_id, name) values (1, 'one')`)
  const state = { away: false, nowMs: Date.now() }
  const query: Database['query'] = (text, values) =>
    state.away ? Promise.reject(new Error('Postgres is away')) : db.query(text, values)
  const start = () => createReports({ db: { query }, logger: createLogger('test', 'silent'), now: () => state.nowMs })
  const all = opened.move()
  return { db, state, start, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

test('two gateways add up to one number for each rule, shown with the schema, most often first', async () => {
  await using it = await ground()
  const json = { type: 'object' }
  await keepVersion(it.db, { companyId: 1, name: 'purchase', json, mode: 'report', viewName: 'v', before: undefined })
  await using one = it.start()
  await using two = it.start()
  for (let event = 0; event < 3; event++) one.add(broken())
  one.add(broken({ field: 'properties.sku' }))
  await one.flush()
  two.add(broken({ message: 'must be >= 1' }))
  two.add(broken({ siteId: 2 }))
  // Of versions, companies and names that are not asked for.
  for (const other of [{ version: 2 }, { companyId: 2 }, { name: 'signup' }]) two.add(broken(other))
  await two.flush()
  await two.flush()
  const [kept] = await readKept(it.db, 1, 'purchase')
  expect(kept?.reported).toEqual([
    { field: 'properties.price', rule: 'minimum', events: 5, message: expect.stringContaining('must be >=') },
    { field: 'properties.sku', rule: 'minimum', events: 1, message: 'must be >= 0' },
  ])
})

test('what cannot be written is counted on and written later, also by stopping', async () => {
  await using it = await ground()
  const reports = it.start()
  reports.add(broken())
  it.state.away = true
  await reports.flush()
  reports.add(broken())
  it.state.away = false
  await reports[Symbol.asyncDispose]()
  expect(await it.db.query('select events from event_schema_report')).toEqual([{ events: '2' }])
})

test('names that a stranger makes up fill neither memory nor table', async () => {
  await using it = await ground()
  await using reports = it.start()
  for (let event = 0; event < 5_000; event++) reports.add(broken({ field: `properties.made${event}` }))
  await reports.flush()
  const rows = await it.db.query<{ field: string; events: string }>('select * from event_schema_report')
  expect(rows).toHaveLength(101)
  expect(rows.find(({ field }) => field === 'properties')).toMatchObject({ rule: 'others', events: '4900' })
})

test('reports are kept for a month', async () => {
  await using it = await ground()
  await using reports = it.start()
  reports.add(broken())
  it.state.nowMs -= 40 * 86_400_000
  reports.add(broken({ field: 'properties.old' }))
  await reports.flush()
  it.state.nowMs += 41 * 86_400_000
  await reports.flush()
  expect(await it.db.query('select field from event_schema_report')).toEqual([{ field: 'properties.price' }])
})
