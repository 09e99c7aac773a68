import type { JsonObject } from '@bufbuild/protobuf'
import { fromJson, toBinary } from '@bufbuild/protobuf'
import { StructSchema } from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { createLogger } from '../../runtime/logger.ts'
import { Registry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { keepMode, keepVersion } from './kept-schemas.ts'
import { createKnownSchemas, type KnownSchemas } from './known-schemas.ts'

const bytes = (json: JsonObject): Buffer => Buffer.from(toBinary(StructSchema, fromJson(StructSchema, json)))
const required = (name: string): JsonObject => ({ type: 'object', required: [name] })

/** What the schemas of company 1 say of an event "e" without properties. */
const verdict = async (known: KnownSchemas) => (await known.of(1))?.judge('e', bytes({}), 1)

async function ground() {
  await using opened = new AsyncDisposableStack()
  const { url } = opened.use(await freshDatabase())
  const db = opened.use(testDatabase(url))
  await db.query(`insert into company (company_id, name) values (1, 'one'), (2, 'two')`)
  const clock = { nowMs: Date.now(), away: false, questions: 0 }
  const query: Database['query'] = (text, values) => {
    clock.questions++
    return clock.away ? Promise.reject(new Error('Postgres is away')) : db.query(text, values)
  }
  const registry = new Registry()
  const known = opened.use(
    createKnownSchemas({ db: { query }, registry, logger: createLogger('test', 'silent'), now: () => clock.nowMs }),
  )
  const keep = (name: string, json: JsonObject, version = 1) =>
    keepVersion(db, {
      companyId: 1,
      name,
      json,
      mode: 'enforce',
      viewName: `events_${name}`,
      before: version === 1 ? undefined : { version: version - 1, mode: 'enforce' },
    })
  const figure = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values[0]?.value ?? 0
  const all = opened.move()
  return { db, known, clock, keep, figure, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

test('a change is followed within five seconds, and only the company it belongs to obeys', async () => {
  await using it = await ground()
  expect(await verdict(it.known)).toBeUndefined()
  await it.keep('e', required('a'))
  it.clock.nowMs += 5_001
  expect(await verdict(it.known)).toMatchObject({ reason: RejectReason.SCHEMA_BROKEN, field: 'properties.a' })
  expect(await it.known.of(2)).toBeUndefined()
  expect((await it.known.of(1))?.judge('other', bytes({}), 1)).toBeUndefined()

  await it.keep('e', required('b'), 2)
  it.clock.nowMs += 5_001
  expect(await verdict(it.known)).toMatchObject({
    field: 'properties.b',
    message: expect.stringContaining('version 2'),
  })
  await keepMode(it.db, { companyId: 1, name: 'e' }, { mode: 'report', before: { version: 2, mode: 'enforce' } })
  it.clock.nowMs += 5_001
  expect(await verdict(it.known)).toBeUndefined()
  expect(await it.figure('userflow_schema_broken_events_total')).toBeGreaterThan(0)
  await keepMode(it.db, { companyId: 1, name: 'e' }, { mode: 'off', before: { version: 2, mode: 'report' } })
  it.clock.nowMs += 5_001
  expect(await it.known.of(1)).toBeUndefined()
})

test('a company that sends all the time never waits: its schemas are read anew in the background', async () => {
  await using it = await ground()
  await it.known.of(1)
  await it.keep('e', required('a'))
  it.clock.nowMs += 2_600
  const atOnce = it.known.of(1)
  expect(atOnce).toBeUndefined()
  await expect.poll(() => verdict(it.known)).toMatchObject({ field: 'properties.a' })
  const { questions } = it.clock
  for (let batch = 0; batch < 1_000; batch++) expect(it.known.of(1)).not.toBeInstanceOf(Promise)
  expect(it.clock.questions).toBe(questions)
})

test('while nothing changes, one question is enough for all companies', async () => {
  await using it = await ground()
  for (let company = 1; company <= 50; company++) await it.known.of(company)
  for (let round = 0; round < 5; round++) {
    const { questions } = it.clock
    it.clock.nowMs += 4_000
    for (let company = 1; company <= 50; company++) expect(await it.known.of(company)).toBeUndefined()
    expect(it.clock.questions).toBeLessThanOrEqual(questions + 1)
  }
})

test('while Postgres is away the last schemas stay; a company never asked for is taken unjudged, and counted', async () => {
  await using it = await ground()
  await it.keep('e', required('a'))
  expect(await verdict(it.known)).toMatchObject({ field: 'properties.a' })
  it.clock.away = true
  for (let hour = 0; hour < 24; hour++) {
    it.clock.nowMs += 3_600_000
    expect(await verdict(it.known)).toMatchObject({ field: 'properties.a' })
  }
  expect(await it.figure('userflow_schema_unjudged_batches_total')).toBe(0)
  expect(await it.known.of(2)).toBeUndefined()
  expect(await it.figure('userflow_schema_unjudged_batches_total')).toBe(1)
  // Postgres is left alone for a second, so that no batch waits for its time-out.
  const { questions } = it.clock
  await it.known.of(2)
  expect(it.clock.questions).toBe(questions)
  it.clock.away = false
  it.clock.nowMs += 1_001
  await it.known.of(2)
  expect(await it.figure('userflow_schema_unjudged_batches_total')).toBe(2)
})

test('a schema that this version cannot use is passed over, and the others are not', async () => {
  await using it = await ground()
  await it.keep('e', { type: 'object', keywordOfAnotherVersion: true })
  await it.keep('f', required('a'))
  expect(await verdict(it.known)).toBeUndefined()
  expect((await it.known.of(1))?.judge('f', bytes({}), 1)).toMatchObject({ field: 'properties.a' })
})
