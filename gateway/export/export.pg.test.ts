import { randomUUID } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { storeEvents } from '../../test/support/store-events.ts'
import { columns } from './columns.ts'

let it: TestGateway
const events = 2_345
const startMs = Date.UTC(2026, 9, 1)
beforeAll(async () => {
  it = await startTestGateway()
  const rows = Array.from({ length: events }, (_, nth) => ({
    // Three of the same moment, so that ids decide.
    event_timestamp: new Date(startMs + Math.floor(nth / 3) * 3_600_000).toISOString(),
    site_id: (nth % 2) + 1,
    country: nth % 100 === 0 ? 'AT' : 'DE',
    is_bot: nth % 10 === 9,
    page_title: nth === 17 ? '=cmd|"x"' : 'a, b',
  }))
  for (let at = 0; at < events; at += 500) await storeEvents(it.db, { topic: 'test', events: rows.slice(at, at + 500) })
  await it.db.query("insert into company (company_id, name) values (77, 'other')")
  await storeEvents(it.db, { topic: 'test', events: [{ company_id: 77, event_timestamp: '2026-10-02T00:00:00Z' }] })
}, 300_000)
afterAll(() => it[Symbol.asyncDispose]())

const question = { from: '2026-10-01T00:00:00Z', to: '2027-01-01T00:00:00Z', includeBots: true }

function post(body: unknown, key = it.secretKey): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': key }
    request(`${it.http}/v1/export/events`, { method: 'POST', headers }, resolve)
      .once('error', reject)
      .end(JSON.stringify(body))
  })
}

async function ask(body: object, key?: string) {
  const response = await post({ question, ...body }, key)
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const { 'x-userflow-rows': rows, 'x-userflow-next': next } = response.trailers
  return {
    status: response.statusCode,
    error: response.headers['x-userflow-error'],
    receivedBefore: String(response.headers['x-userflow-received-before']),
    text: Buffer.concat(chunks).toString(),
    bytes: Buffer.concat(chunks),
    rows: Number(rows),
    next: String(next),
  }
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('every event of the period is there once, in the order of time and id, with all columns, and how many is said', async () => {
  const { status, text, rows, next } = await ask({})
  expect({ status, rows, next }).toEqual({ status: 200, rows: events, next: '' })
  const lines = linesOf(text)
  const keys = lines.map((line) => `${line.event_timestamp} ${line.event_id}`)
  expect(keys).toEqual(keys.toSorted())
  expect(new Set(keys).size).toBe(events)
  expect(new Set(lines.map((line) => line.company_id))).toEqual(new Set([1]))
  const inView = await it.db.query<{ column_name: string }>(
    "select column_name from information_schema.columns where table_name = 'user_events' order by ordinal_position",
  )
  expect(columns.map(({ name }) => name)).toEqual(inView.map((row) => row.column_name))
})

test.each([
  ['CSV', 'EXPORT_FORMAT_CSV'],
  ['NDJSON', 'EXPORT_FORMAT_NDJSON'],
])('%s in parts has the same bytes as in one', async (_, format) => {
  const whole = await ask({ format })
  const parts: Buffer[] = []
  let after = ''
  let rows = 0
  let requests = 0
  do {
    const part = await ask({ format, after, limit: 700, receivedBefore: whole.receivedBefore })
    parts.push(part.bytes)
    after = part.next
    rows += part.rows
    requests++
  } while (after !== '' && requests < 10)
  expect({ rows, requests }).toEqual({ rows: events, requests: 4 })
  expect(Buffer.concat(parts).equals(whole.bytes)).toBe(true)
})

test('an event that is received later does not come into an export that goes on', async () => {
  const first = await ask({ limit: 700 })
  const late = randomUUID()
  await storeEvents(it.db, {
    topic: 'test',
    events: [{ event_id: late, event_timestamp: '2026-12-01T00:00:00Z', received_at: new Date().toISOString() }],
  })
  const { text, rows } = await ask({ after: first.next, receivedBefore: first.receivedBefore })
  expect(rows).toBe(events - 700)
  expect(text).not.toContain(late)
  await it.db.query('delete from stored_events where event_id = $1', [late])
})

test('sites, bots and filters are those of every question', async () => {
  const countryIs = (country: string) => [
    { dimension: 'DIMENSION_COUNTRY', operator: 'FILTER_OPERATOR_IS', values: [country] },
  ]
  const asked = async (more: object) => (await ask({ question: { ...question, ...more } })).rows
  expect(await asked({ includeBots: false })).toBe(events - 234)
  expect(await asked({ siteIds: [1] })).toBe(Math.ceil(events / 2))
  expect(await asked({ filters: countryIs('AT') })).toBe(24)
  expect(await asked({ filters: countryIs("' or true --") })).toBe(0)
  expect(await asked({ to: '2026-10-01T01:00:00Z' })).toBe(3)
  expect((await ask({ question: { ...question, filters: countryIs('AT') }, limit: 24 })).next).not.toBe('')
})

test('a cell of a stranger is no formula', async () => {
  const { text } = await ask({ format: 'EXPORT_FORMAT_CSV' })
  expect(text).toContain(`"'=cmd|""x"""`)
})

test.each([
  ['no question', { question: undefined }, /^question: is required/],
  ['a format of tomorrow', { format: 9 }, /^format/],
  ['what is not a place', { after: "'; drop table company" }, /^after: must be `x-userflow-next`/],
  ['a place beyond all time', { after: `9999999999999999/${randomUUID()}` }, /^after/],
  ['too much Parquet', { format: 'EXPORT_FORMAT_PARQUET', limit: 500_001 }, /^limit: may be at most 500,000/],
  ['a time zone', { question: { ...question, timeZone: 'UTC' } }, /^question\.time_zone/],
  ['a plan', { question: { ...question, explain: true } }, /^question\.explain/],
])('%s is refused by name', async (_, body, message) => {
  const { status, error, text } = await ask(body)
  expect({ status, error }).toEqual({ status: 400, error: 'PARAMETER_INVALID' })
  expect((JSON.parse(text) as { message: string }).message).toMatch(message)
})

test('as much Parquet as may be is answered', async () => {
  const { status, rows, bytes } = await ask({ format: 'EXPORT_FORMAT_PARQUET', limit: 500_000 })
  expect({ status, rows, magic: bytes.subarray(-4).toString() }).toEqual({ status: 200, rows: events, magic: 'PAR1' })
})

test('a write key, no key and what is not JSON get nothing', async () => {
  expect(await ask({}, it.writeKey)).toMatchObject({ status: 403, error: 'KEY_NOT_ALLOWED' })
  expect(await ask({}, 'uf_secret_nobody')).toMatchObject({ status: 401, error: 'KEY_UNKNOWN' })
  const response = await post('')
  expect(response.statusCode).toBe(400)
  response.resume()
})

test('two exports at once are all a company may have; a reader who leaves makes room', async () => {
  // Enough rows that nobody's buffers take them all.
  await storeLong()
  const stopped = [await post({ question }), await post({ question })]
  for (const response of stopped) response.pause()
  expect(await ask({})).toMatchObject({ status: 429, error: 'TOO_MANY_QUESTIONS' })
  for (const response of stopped) response.destroy()
  let status: number | undefined
  for (let tries = 0; status !== 200 && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    status = (await ask({ limit: 1 })).status
  }
  expect(status).toBe(200)
})

/** 30 MB of text, in a month of its own. */
async function storeLong(): Promise<void> {
  const long = 'x'.repeat(8_000)
  for (let batch = 0; batch < 8; batch++) {
    const rows = Array.from({ length: 500 }, (_, nth) => ({
      event_timestamp: new Date(Date.UTC(2026, 11, 5) + (batch * 500 + nth) * 1e3).toISOString(),
      page_title: long,
    }))
    await storeEvents(it.db, { topic: 'test', events: rows })
  }
}
