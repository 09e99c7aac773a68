import { randomUUID } from 'node:crypto'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeRecord, encodeRecord, eventBytesOf, sessionKey } from '../../eventlog/record.ts'
import type { Threads } from '../../workers/threads/pool.ts'
import { postTo, startTestGateway, type TestGateway } from '../support/gateway.ts'
import { appendAll, startTestWorker, storedToTheEnd, testThreads } from '../support/worker.ts'

let stack: AsyncDisposableStack
let it: TestGateway
let threads: Threads
beforeAll(async () => {
  stack = new AsyncDisposableStack()
  threads = stack.use(testThreads())
  it = stack.use(await startTestGateway())
  stack.use(await startTestWorker({ url: it.databaseUrl, log: it.log, threads }))
})
afterAll(() => stack.disposeAsync())

/** A field of any message, in the form of the wire. */
const field = (number: number, value: Uint8Array | string): Uint8Array => {
  const writer = new BinaryWriter().tag(number, WireType.LengthDelimited)
  return (typeof value === 'string' ? writer.string(value) : writer.bytes(value)).finish()
}
const whole = (number: number, value: number): Uint8Array =>
  new BinaryWriter().tag(number, WireType.Varint).uint32(value).finish()
const message = (...fields: Uint8Array[]): Buffer => Buffer.concat(fields)

/** Sends the bytes of events in the binary form, with the secret key as a server does. */
async function send(...events: Uint8Array[]) {
  const response = await postTo(
    `${it.http}/userflow.v1.IngestService/RecordEvents`,
    message(...events.map((event) => field(1, event))),
    { 'content-type': 'application/proto', 'x-api-key': it.secretKey },
  )
  expect(response.status).toBe(200)
  await storedToTheEnd(it.db, it.log)
}

/** The records of the log that hold these bytes. */
async function onTheLog(bytes: Uint8Array) {
  const wanted = Buffer.from(bytes)
  const found: Buffer[] = []
  for (const { partition, high } of await it.log.watermarks()) {
    for await (const records of it.log.scan({ partition, from: 0, to: high })) {
      found.push(...records.map(({ value }) => Buffer.from(value)).filter((value) => value.includes(wanted)))
    }
  }
  return found
}

const post = async (method: string, request: object) =>
  (await postTo(`${it.http}/userflow.v1.PipelineService/${method}`, request, { 'x-api-key': it.secretKey })).json

const pageView = field(20, whole(1, 250))
const stored = (id: string) =>
  it.db.query(
    'select event_type, page_url, page_title, load_ms::int, metadata, unread_bytes from user_events where event_id = $1',
    [id],
  )

test('an event with fields of a later contract keeps every byte, on the log and beside what is known of it in its row', async () => {
  const id = randomUUID()
  const entry = message(field(1, 'plan'), field(2, message(field(3, 'pro'), field(99, 'later kind of value'))))
  const event = message(
    field(200, 'a later field before all others'),
    field(1, id),
    field(7, message(field(1, 'https://example.com/a'), field(50, message(whole(1, 7))), field(2, 'A'))),
    field(10, message(field(1, entry))),
    whole(12, 5),
    field(20, message(whole(1, 250), field(9, 'a later measure'))),
    field(45, message(field(1, 'a later action beside a known one'))),
  )
  await send(event)
  const [record, ...others] = await onTheLog(event)
  expect(others).toEqual([])
  expect(eventBytesOf(record!)).toEqual(event)
  expect(await stored(id)).toEqual([
    {
      event_type: 'page_view',
      page_url: 'https://example.com/a',
      page_title: 'A',
      load_ms: 250,
      metadata: { plan: 'pro' },
      unread_bytes: event,
    },
  ])
})

test('a later contract keeps its bytes on a site that takes things out of events, too', async () => {
  const key = await it.newKey({ kind: 'secret' })
  await it.db.query(`update site set query_parameters = '{ref}', denied_properties = '{mail}'
    where site_id = (select max(site_id) from site)`)
  const id = randomUUID()
  const eventOf = (url: string) =>
    message(
      field(1, id),
      field(7, message(field(60, 'later, before'), field(1, url), field(61, 'later, behind'))),
      pageView,
      field(45, 'a later action'),
    )
  const response = await postTo(
    `${it.http}/userflow.v1.IngestService/RecordEvents`,
    message(field(1, eventOf('/?token=1&ref=2'))),
    {
      'content-type': 'application/proto',
      'x-api-key': key,
    },
  )
  expect(response.status).toBe(200)
  expect((await onTheLog(eventOf('/?ref=2'))).map(eventBytesOf)).toEqual([eventOf('/?ref=2')])
})

test('an event of a kind that only a later contract knows becomes a dead letter with every byte, to be judged again', async () => {
  const id = randomUUID()
  const event = message(field(1, id), field(45, message(field(1, 'a later action'))))
  await send(event)
  const letter = await post('FindEvent', { eventId: id })
  expect(letter).toMatchObject({ state: 'DEAD_LETTER', reason: 'ACTION_MISSING', field: 'action', eventId: id })
  const [kept] = await it.db.query<{ payload: Buffer }>('select payload from dead_letters where event_id = $1', [id])
  expect(kept!.payload).toEqual(event)
  const replayed = await post('ReplayDeadLetters', { ids: [letter.deadLetterId] })
  expect(replayed, 'no gateway knows it yet').toMatchObject({ rejected: 1, notReplayable: 0 })
})

test('what an older gateway did not know is stored by a replay once the gateway does', async () => {
  const id = randomUUID()
  const rejectedBytes = message(field(1, id), field(27, field(1, 'a kind that was new')))
  const [site] = await it.db.query<{ company_id: number; site_id: number }>(
    'select company_id, site_id from site limit 1',
  )
  const header = {
    companyId: site!.company_id,
    siteId: site!.site_id,
    receivedAtUs: BigInt(Date.now()) * 1_000n,
    eventId: Buffer.from(id.replaceAll('-', ''), 'hex'),
    eventTimeUs: 0n,
    contractVersion: 1,
    rejectedReason: 'ACTION_MISSING',
    rejectedField: 'action',
    rejectedBytes,
  }
  await appendAll(it.log, [{ partition: 0, key: sessionKey(1, id), value: encodeRecord(header, undefined) }])
  await storedToTheEnd(it.db, it.log)
  const { deadLetterId } = await post('FindEvent', { eventId: id })
  expect(await post('ReplayDeadLetters', { ids: [deadLetterId] })).toMatchObject({ accepted: 1 })
  await storedToTheEnd(it.db, it.log)
  expect(await stored(id)).toMatchObject([{ event_type: 'custom', unread_bytes: null }])
})

/** An event with every field but the IP address, as the first release of the contract wrote it. Never to be written anew. */
const ofTheFirstRelease = Buffer.from(
  [
    '0a2430313937613363322d316630302d376162632d386465662d303132333435363738396162120b0890f785c906108094ef',
    '3a1a02733120032a027631320275313a3e0a2268747470733a2f2f6578616d706c652e636f6d2f613f75746d5f736f757263',
    '653d781202c3841a1468747470733a2f2f6578616d706c652e6f72672f426808800f10b80818b00920a0062a0570742d4252',
    '320d4575726f70652f4c6973626f6e3a444d6f7a696c6c612f352e3020285831313b204c696e7578207838365f36343b2072',
    '763a32372e3029204765636b6f2f32303130303130312046697265666f782f32372e304a0d0a08636865636b6f7574120142',
    '52480a0d0a04706c616e12051a0370726f0a120a05707269636512091100000000000029400a230a0474616773121b32190a',
    '031a01610a0208000a0e2a0c0a0a0a046465657012022001582aaa013b0a130a042362757912034275791a06627574746f6e',
    '120d08ffffffffffffffffff0110141a1568747470733a2f2f6578616d706c652e636f6d2f62',
  ].join(''),
  'hex',
)

test('an event of the first release of the contract is accepted and stored, whatever was added since', async () => {
  await send(ofTheFirstRelease)
  const [record] = await onTheLog(ofTheFirstRelease)
  expect(decodeRecord(record!)).toMatchObject({ ok: true, envelope: { rejectedReason: '', visitorId: 'v1' } })
  const [row] = await it.db.query(
    `select to_char(event_timestamp at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as at, session_id, sequence::int, user_id, page_title, language, experiments, element_text,
            x_coordinate, target_url, browser, os, session_duration_seconds::int as duration, metadata
     from user_events where event_id = '0197a3c2-1f00-7abc-8def-0123456789ab'`,
  )
  expect(row).toMatchObject({
    at: '2025-11-22 09:00:00.123456',
    session_id: 's1',
    sequence: 3,
    user_id: 'u1',
    page_title: 'Ä',
    language: 'pt-BR',
    experiments: { checkout: 'B' },
    element_text: 'Buy',
    x_coordinate: -1,
    browser: 'Firefox',
    os: 'Linux',
    duration: 42,
    metadata: { plan: 'pro', price: 12.5, tags: ['a', null, { deep: true }] },
  })
})
