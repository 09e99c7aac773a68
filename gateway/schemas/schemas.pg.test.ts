import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callMethod } from '../../clients/node/call.ts'
import { RejectReason, VerdictStatus } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { PipelineService } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { SchemaMode } from '../../proto/gen/userflow/v1/schemas_pb.ts'
import { testThreads } from '../../test/support/worker.ts'
import { askInJson, type SchemaGround, schemaGround } from './schemas.case.ts'

const threads = testThreads()
let it: SchemaGround
beforeAll(async () => {
  it = await schemaGround(threads)
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  await threads[Symbol.asyncDispose]()
})

const priced = (least: number) => ({
  type: 'object',
  properties: {
    price: { type: 'number', minimum: least },
    items: { type: 'array', items: { type: 'object', required: ['sku'] } },
  },
  required: ['price'],
})
const { REPORT, ENFORCE, OFF } = SchemaMode

test('from a first version in report mode to an enforced one, and back for what was rejected by mistake', async () => {
  const first = await it.put({ name: 'purchase', jsonSchema: priced(0) })
  expect(first.schema).toMatchObject({ version: 1, mode: REPORT, view: 'company_1.events_purchase' })
  expect(first.trial).toMatchObject({ events: 0, rejected: 0 })

  const reported = await it.send('purchase', [{ price: 1 }, { price: -1 }, {}, { price: 2, more: 'is kept' }])
  expect(reported).toMatchObject({ accepted: 4, rejected: [] })
  await it.stored()

  const tried = await it.try({ name: 'purchase' })
  expect(tried.trial).toMatchObject({
    events: 4,
    rejected: 2,
    broken: expect.arrayContaining([
      expect.objectContaining({ field: 'properties.price', rule: 'minimum', events: 1, message: 'must be >= 0' }),
      expect.objectContaining({ field: 'properties.price', rule: 'required', events: 1 }),
    ]),
  })
  expect(tried.trial?.broken[0]?.exampleIds).toHaveLength(1)

  const refused = await askInJson(it, 'SetSchemaMode', { name: 'purchase', mode: 'SCHEMA_MODE_ENFORCE' })
  expect(refused).toMatchObject({ status: 400, error: 'SCHEMA_WOULD_REJECT' })
  expect(refused.json.message).toContain('2 of 4 events break it: properties.price')
  expect((await it.list())[0]).toMatchObject({ version: 1, mode: REPORT })

  const enforced = await it.mode({ name: 'purchase', mode: ENFORCE, althoughItRejects: true })
  expect(enforced).toMatchObject({ schema: { mode: ENFORCE }, trial: { rejected: 2 } })
  const judged = await it.send('purchase', [{ price: 1 }, { price: 1, items: [{ sku: 'a' }, {}] }, { price: -1 }])
  expect(judged).toMatchObject({
    accepted: 1,
    rejected: [
      {
        index: 1,
        status: VerdictStatus.REJECTED,
        reason: RejectReason.SCHEMA_BROKEN,
        field: 'properties.items[1].sku',
      },
      {
        index: 2,
        field: 'properties.price',
        message: expect.stringContaining('must be >= 0; schema purchase version 1'),
      },
    ],
  })
  await it.stored()

  const wider = await it.put({ name: 'purchase', jsonSchema: priced(-1), althoughItRejects: true })
  expect(wider.schema).toMatchObject({ version: 2, mode: ENFORCE })
  const replayed = await callMethod({ address: it.grpc, key: it.secretKey }, PipelineService.method.replayDeadLetters, {
    reason: 'SCHEMA_BROKEN',
  })
  expect(replayed).toMatchObject({ accepted: 1, rejected: 1 })
  expect(replayed.letters.find(({ reason }) => reason)).toMatchObject({
    reason: 'SCHEMA_BROKEN',
    field: 'properties.items[1].sku',
    message: expect.stringContaining('version 2'),
  })
  await it.stored()
  const [row] = await it.db.query<{ n: number }>(
    `select count(*)::int as n from user_events where event_name = 'purchase' and (metadata ->> 'price')::float8 = -1`,
  )
  expect(row?.n).toBe(2)

  await it.mode({ name: 'purchase', mode: OFF })
  expect(await it.send('purchase', [{}])).toMatchObject({ accepted: 1 })
})

test('what breaks a schema in report mode is stored, and told by rule when the gateway has written it', async () => {
  const own = await schemaGround(threads)
  await own.put({
    name: 'signup',
    jsonSchema: { type: 'object', properties: { tags: { items: { type: 'string' }, type: 'array' } } },
  })
  await own.send('signup', [{ tags: ['a', 1] }, { tags: [1] }, { tags: [] }])
  // Stopping writes what was counted.
  await own.gateway[Symbol.asyncDispose]()
  const { rows } = await own.db.withClient((client) => client.query('select * from event_schema_report'))
  expect(rows).toMatchObject([
    {
      company_id: 1,
      name: 'signup',
      version: 1,
      field: 'properties.tags[]',
      rule: 'type',
      events: '2',
      last_message: 'must be string',
    },
  ])
  await own[Symbol.asyncDispose]()
})

test('an enforced schema gets a new version only if the last 7 days allow it; the same again makes no version', async () => {
  await it.put({ name: 'visit', jsonSchema: { type: 'object' }, mode: ENFORCE })
  await it.send('visit', [{ a: 1 }])
  await it.stored()
  const strict = { type: 'object', properties: { a: { type: 'string' } } }
  await expect(it.put({ name: 'visit', jsonSchema: strict })).rejects.toThrow('PutSchema')
  expect((await it.list()).find(({ name }) => name === 'visit')).toMatchObject({ version: 1 })
  expect((await it.put({ name: 'visit', jsonSchema: strict, althoughItRejects: true })).schema?.version).toBe(2)
  expect((await it.put({ name: 'visit', jsonSchema: strict, althoughItRejects: true })).schema?.version).toBe(2)
  expect((await it.put({ name: 'visit', jsonSchema: strict, mode: REPORT })).schema).toMatchObject({
    version: 2,
    mode: REPORT,
  })
})

test('two who put at once get two versions, one after the other', async () => {
  const puts = [1, 2, 3].map((least) => it.put({ name: 'race', jsonSchema: priced(least) }))
  const versions = (await Promise.all(puts)).map(({ schema }) => schema?.version)
  expect(Math.max(...versions.map(Number))).toBe(3)
  const kept = await it.db.query(`select version from event_schema where name = 'race' order by version`)
  expect(kept).toEqual([{ version: 1 }, { version: 2 }, { version: 3 }])
})

test('schemas belong to the company of the key: others see, change and obey none of them', async () => {
  const [two] = await it.db.query<{ company_id: number }>(
    `insert into company (name) values ('two') returning company_id`,
  )
  await it.db.query(
    `insert into event_schema (company_id, name, version, json_schema) values ($1, 'purchase', 9, '{}')`,
    [two?.company_id],
  )
  await it.db.query(
    `insert into event_schema_mode (company_id, name, mode, view_name) values ($1, 'theirs', 'enforce', 'v')`,
    [two?.company_id],
  )
  expect((await it.list()).map(({ name }) => name)).not.toContain('theirs')
  expect((await it.list()).find(({ name }) => name === 'purchase')?.version).toBe(2)
  expect(await askInJson(it, 'TrySchema', { name: 'theirs' })).toMatchObject({ status: 404, error: 'SCHEMA_UNKNOWN' })
})

test('a key that only reads lists and tries; a write key does neither', async () => {
  const key = await it.newKey({ kind: 'secret' })
  await it.db.query(`update api_key set scopes = '{read}' where key_hash = $1`, [
    createHash('sha256').update(key).digest(),
  ])
  expect((await askInJson(it, 'ListSchemas', {}, key)).status).toBe(200)
  expect((await askInJson(it, 'TrySchema', { name: 'purchase' }, key)).status).toBe(200)
  const put = await askInJson(it, 'PutSchema', { name: 'purchase', jsonSchema: { type: 'object' } }, key)
  expect(put).toMatchObject({ status: 403, error: 'KEY_NOT_ALLOWED' })
  expect((await askInJson(it, 'ListSchemas', {}, it.writeKey)).status).toBe(403)
})

test.each([
  ['PutSchema', { name: '', jsonSchema: { type: 'object' } }, 'PARAMETER_INVALID'],
  ['PutSchema', { name: 'x'.repeat(201), jsonSchema: { type: 'object' } }, 'PARAMETER_INVALID'],
  ['PutSchema', { name: 'x' }, 'SCHEMA_INVALID'],
  ['PutSchema', { name: 'x', jsonSchema: { type: 'object', mode: 7 } }, 'SCHEMA_INVALID'],
  ['SetSchemaMode', { name: 'purchase' }, 'PARAMETER_INVALID'],
  ['SetSchemaMode', { name: 'none', mode: 'SCHEMA_MODE_OFF' }, 'SCHEMA_UNKNOWN'],
])('%s of %j is refused with %s', async (method, body, code) => {
  expect((await askInJson(it, method, body)).error).toBe(code)
})
