import type { JsonObject } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import { anyProperties } from './any-schema.case.ts'
import { compileNewSchema } from './compile-schema.ts'
import { keepVersion } from './kept-schemas.ts'
import { viewNameOf } from './schema-methods.ts'

const opened = new AsyncDisposableStack()
let db: Database
beforeAll(async () => {
  const { url } = opened.use(await freshDatabase())
  db = opened.use(testDatabase(url))
  await db.query(`insert into company (company_id, name) values (1, 'one'), (2, 'two')`)
})
afterAll(() => opened.disposeAsync())

const keep = (name: string, json: JsonObject, change: { companyId?: number; version?: number } = {}) =>
  keepVersion(db, {
    companyId: change.companyId ?? 1,
    name,
    json: compileNewSchema(json).json,
    mode: 'report',
    viewName: viewNameOf(name),
    before: change.version ? { version: change.version - 1, mode: 'report' } : undefined,
  })

const columnsOf = async (view: string, schema = 'company_1') =>
  (
    await db.query<{ told: string }>(
      `select column_name || ' ' || data_type as told from information_schema.columns
        where table_schema = $1 and table_name = $2 order by ordinal_position`,
      [schema, view],
    )
  ).map(({ told }) => told)

const event = (name: string, metadata: JsonObject | null, change: object = {}) => ({
  event_type: 'custom',
  event_name: name,
  metadata,
  ...change,
})

const fixed = ['event_id uuid', 'event_timestamp timestamp with time zone', 'site_id integer', 'session_id text']
const fixedToo = ['visitor_id text', 'user_id text', 'page_url text']

const all: JsonObject = {
  type: 'object',
  properties: {
    when: { type: 'string', format: 'date-time' },
    text: { type: ['string', 'null'] },
    whole: { type: 'integer' },
    measure: { type: 'number' },
    yes: { type: 'boolean' },
    either: { type: ['string', 'number'] },
    list: { type: 'array' },
    anything: true,
    user_id: { type: 'string' },
    Price: { type: 'number' },
    price: { type: 'number' },
    'price-2': { type: 'string' },
    'x"; drop table company; --': { type: 'string' },
    "it's %s \\": { type: 'string' },
    価格: { type: 'integer' },
    ['long'.repeat(40)]: { type: 'string' },
  },
}

test('a view has a typed column for each property, and no name gets out of it', async () => {
  expect(await keep('Purchase made', all)).toBe('kept')
  expect((await columnsOf('events_purchase_made')).sort()).toEqual(
    [
      ...fixed,
      ...fixedToo,
      'metadata jsonb',
      'when timestamp with time zone',
      'text text',
      'whole bigint',
      'measure double precision',
      'yes boolean',
      'either jsonb',
      'list jsonb',
      'anything jsonb',
      'property_user_id text',
      'price double precision',
      'price_2 double precision',
      'price_2_2 text',
      'x_drop_table_company text',
      'it_s_s text',
      'property bigint',
      `${'long'.repeat(40).slice(0, 50)} text`,
    ].sort(),
  )
  expect(await db.query('select count(*)::int as n from company')).toEqual([{ n: 2 }])
})

test('values stand in their columns, and what does not fit is null there and whole in metadata', async () => {
  const rows = [
    {
      when: '2024-02-29T23:59:59.5+02:00',
      text: 'a',
      whole: 7,
      measure: 1.5,
      yes: true,
      either: 'x',
      "it's %s \\": 'q',
    },
    { when: '2023-02-29T00:00:00Z', text: 1, whole: 1.5, measure: 'x', yes: 'true', either: null },
    { when: '2024-13-01T00:00:00Z', whole: 9.3e18, measure: 5e-324 },
    { when: 'infinity', whole: -(2 ** 53), measure: -1e308 },
    { when: '2024-01-01T24:00:00Z', whole: 1e300, measure: 0 },
    { when: ['2024-01-01T00:00:00Z'], whole: '7', measure: null },
    null,
  ]
  await storeEvents(db, {
    events: rows.map((one, at) => event('Purchase made', one, { session_id: `s${at}` })),
    topic: 'values',
  })
  const found = await db.query(
    `select "when", text, whole, measure, yes, either, it_s_s, metadata from company_1.events_purchase_made order by session_id`,
  )
  const nothing = { when: null, text: null, yes: null, either: null, it_s_s: null }
  expect(found).toEqual([
    {
      when: new Date('2024-02-29T21:59:59.5Z'),
      text: 'a',
      whole: '7',
      measure: 1.5,
      yes: true,
      either: 'x',
      it_s_s: 'q',
      metadata: rows[0],
    },
    { ...nothing, whole: null, measure: null, metadata: rows[1] },
    { ...nothing, whole: null, measure: null, metadata: rows[2] },
    { ...nothing, whole: '-9007199254740992', measure: -1e308, metadata: rows[3] },
    { ...nothing, whole: null, measure: 0, metadata: rows[4] },
    { ...nothing, whole: null, measure: null, metadata: rows[5] },
    { ...nothing, whole: null, measure: null, metadata: null },
  ])
})

test('no properties that were ever stored make a view fail', async () => {
  const types = ['string', 'integer', 'number', 'boolean']
  const leaves: JsonObject[] = [...types.map((type) => ({ type })), { type: 'string', format: 'date-time' }]
  const names = ['a', 'b', 'c', 'toString', 'é']
  for (const [at, leaf] of leaves.entries()) {
    await keep(`any ${at}`, { type: 'object', properties: Object.fromEntries(names.map((name) => [name, leaf])) })
  }
  const times = fc.tuple(...[4, 2, 2, 2, 2, 2].map((digits) => fc.stringMatching(new RegExp(`^\\d{${digits}}$`))))
  const time = times.map(([y, mo, d, h, mi, s]) => ({ a: `${y}-${mo}-${d}T${h}:${mi}:${s}Z` }))
  const sample: JsonObject[] = fc.sample(fc.oneof(anyProperties, time), 1_500)
  const stored = sample.map((one) => JSON.parse(JSON.stringify(one).replaceAll('\\u0000', '')) as JsonObject)
  for (const at of leaves.keys()) {
    await storeEvents(db, { events: stored.map((one) => event(`any ${at}`, one)), topic: `any${at}` })
    // Every column of every row, as text.
    const [read] = await db.query<{ n: number }>(`select count(v::text)::int as n from company_1.events_any_${at} v`)
    expect(read?.n).toBe(stored.length)
  }
})

test('the view follows a new version, and shows the events of its company and name only', async () => {
  const one = (name: string) => ({ type: 'object', properties: { [name]: { type: 'integer' } } })
  expect(await keep('follow', one('a'))).toBe('kept')
  expect(await keep('follow', one('b'), { companyId: 2 })).toBe('kept')
  expect(await keep('follow', one('c'), { version: 2 })).toBe('kept')
  expect(await columnsOf('events_follow')).toEqual([...fixed, ...fixedToo, 'c bigint', 'metadata jsonb'])
  expect(await columnsOf('events_follow', 'company_2')).toContain('b bigint')
  const events = [
    event('follow', { c: 1 }),
    event('follow', { c: 2 }, { company_id: 2 }),
    event('other', { c: 3 }),
    event('follow', { c: 4 }, { event_type: 'web_vital' }),
  ]
  await storeEvents(db, { events, topic: 'follow' })
  expect(await db.query('select c from company_1.events_follow')).toEqual([{ c: '1' }])
})

test('two names with one view, and a view that something was built on, are refused and change nothing', async () => {
  const json = { type: 'object' }
  expect(await keep('sign up', json)).toBe('kept')
  expect(await keep('Sign-Up', json)).toBe('view name taken')
  expect(await db.query(`select version from event_schema where name = 'Sign-Up'`)).toEqual([])
  await db.query('create view built as select * from company_1.events_sign_up')
  expect(await keep('sign up', json, { version: 2 })).toBe('view in use')
  expect(await db.query(`select version from event_schema where name = 'sign up'`)).toEqual([{ version: 1 }])
})

test('of several who decided on the same version one keeps the next, and the others learn that it changed', async () => {
  const at = (version: number) =>
    Promise.all([1, 2, 3, 4].map(() => keep('contended', { type: 'object' }, { version })))
  for (const version of [0, 2, 3]) expect((await at(version)).sort()).toEqual(['changed', 'changed', 'changed', 'kept'])
})

test.each([
  ['purchase', 'events_purchase'],
  ['Purchase made!', 'events_purchase_made'],
  ['a"; drop schema public cascade; --', 'events_a_drop_schema_public_cascade'],
  ['x'.repeat(200), `events_${'x'.repeat(43)}`],
  ['購入', 'events_a78fd552'],
])('the view of %j is %s', (name, view) => {
  expect(viewNameOf(name)).toBe(view)
  expect(viewNameOf(name)).toMatch(/^[a-z0-9_]{1,50}$/)
})
