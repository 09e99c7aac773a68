import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RejectReason } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { SchemaMode } from '../../proto/gen/userflow/v1/schemas_pb.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import { testThreads } from '../../test/support/worker.ts'
import { anyProperties, anySchema } from './any-schema.case.ts'
import { compileNewSchema } from './compile-schema.ts'
import { type SchemaGround, schemaGround } from './schemas.case.ts'
import { tryOnStored } from './trial.ts'

const threads = testThreads()
let it: SchemaGround
beforeAll(async () => {
  it = await schemaGround(threads)
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  await threads[Symbol.asyncDispose]()
})

test('the number of a trial is the number that is then rejected', async () => {
  let run = 0
  let rejectedInAll = 0
  let sentInAll = 0
  await fc.assert(
    fc.asyncProperty(
      anySchema,
      fc.array(anyProperties, { minLength: 20, maxLength: 60 }),
      async (jsonSchema, events) => {
        const name = `random ${run++}`
        // What is stored, for nothing but a schema rejects any of them.
        expect(await it.send(name, events)).toMatchObject({ accepted: events.length })
        await it.stored()
        const { trial } = await it.try({ name, jsonSchema })
        expect(trial?.events).toBe(events.length)
        await it.put({ name, jsonSchema, mode: SchemaMode.ENFORCE, althoughItRejects: true })
        const again = await it.send(name, events)
        expect(again.rejected.every(({ reason }) => reason === RejectReason.SCHEMA_BROKEN)).toBe(true)
        expect(again.rejected.length).toBe(trial?.rejected)
        expect(trial?.broken.reduce((sum, rule) => sum + rule.events, 0)).toBe(trial?.rejected)
        rejectedInAll += again.rejected.length
        sentInAll += events.length
      },
    ),
    { numRuns: 15 },
  )
  expect(rejectedInAll / sentInAll).toBeGreaterThan(0.2)
  expect(rejectedInAll / sentInAll).toBeLessThan(0.98)
}, 300_000)

test('a trial reads page by page what was received in the last seven days, of this name, company and kind', async () => {
  const now = Date.now()
  const row = (change: object = {}, ageDays = 0) => ({
    event_type: 'custom',
    event_name: 'many',
    event_timestamp: new Date(now - ageDays * 86_400e3).toISOString(),
    received_at: new Date(now - ageDays * 86_400e3).toISOString(),
    metadata: { price: -1 },
    ...change,
  })
  const events = [
    ...Array.from({ length: 450 }, () => row()),
    row({ metadata: { price: 1 } }),
    row({ metadata: null }),
    row({}, 6.9),
    row({}, 7.1),
    row({ event_name: 'few' }),
    row({ event_type: 'web_vital' }),
    row({ company_id: 2 }),
    // Sent late: it counts from when it was received.
    row({ event_timestamp: new Date(now - 20 * 86_400e3).toISOString() }),
  ]
  await storeEvents(it.db, { events, topic: 'many' })
  const { compiled } = compileNewSchema({ type: 'object', properties: { price: { type: 'number', minimum: 0 } } })
  const trial = await tryOnStored(it.db, { companyId: 1, name: 'many' }, compiled)
  expect(trial).toMatchObject({ events: 454, rejected: 452, broken: [{ field: 'properties.price', events: 452 }] })
  expect(trial.broken?.[0]?.exampleIds).toHaveLength(3)
})
