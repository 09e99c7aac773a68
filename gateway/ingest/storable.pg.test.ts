import { fromBinary, type JsonValue } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { freshDatabase, testDatabase } from '../../test/support/postgres.ts'
import { formatUuid, identify } from './identity.ts'
import { Rejection } from './rejection.ts'
import { bytesOf, type EventInit, receivedAtMs, sampleEvent, sampleId } from './sample.case.ts'
import { EventScan } from './validate/event-scan.ts'
import { withoutNul } from './visit.ts'

const scan = new EventScan()

/** Bytes of an event as Postgres gets them, if the gateway accepts it; the one repair promised is U+FFFD for NUL. */
function rowOf(
  bytes: Buffer,
): { id: string; atUs: number; texts: string[]; properties: string; number: number } | undefined {
  if (scan.scan(bytes)) return undefined
  const identity = identify(scan, receivedAtMs * 1_000)
  if (identity instanceof Rejection) return undefined
  const event = fromBinary(EventSchema, bytes)
  const texts = [event.sessionId, event.visitorId, event.userId, event.page?.url ?? '', event.page?.title ?? '']
  return {
    id: formatUuid(identity.eventId),
    atUs: identity.eventTimeUs,
    texts: texts.map(withoutNul),
    properties: JSON.stringify(repaired(event.properties ?? {})),
    number: event.action.case === 'webVital' ? event.action.value.value : event.sequence,
  }
}

function repaired(value: JsonValue): JsonValue {
  if (typeof value === 'string') return withoutNul(value)
  if (Array.isArray(value)) return value.map(repaired)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [withoutNul(key), repaired(inner)]))
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constant('\0\ufffe\uffff😀'),
  fc.constant('x'.repeat(200)),
)
const number = fc.oneof(fc.double(), fc.constantFrom(1e308, -1e308, 5e-324, -0, 2 ** 63))
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 8 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(text, tie('value')),
  ),
}))
const anyEvent = fc.record({
  eventId: fc.oneof(fc.uuid(), fc.constantFrom(sampleId, 'ffffffff-ffff-ffff-ffff-ffffffffffff')),
  eventTime: fc.record({
    seconds: fc.oneof(
      fc.bigInt({ min: 900_000_000n, max: 4_200_000_000n }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ),
    nanos: fc.integer({ min: -1, max: 1_000_000_000 }),
  }),
  sessionId: text,
  userId: text,
  page: fc.record({ url: text, title: text }),
  properties: fc.dictionary(text, value),
  action: fc.record({
    case: fc.constant('webVital' as const),
    value: fc.record({ name: fc.constant('LCP'), value: number }),
  }),
}) as fc.Arbitrary<EventInit>

test('whatever the gateway accepts can be stored', async () => {
  await using fresh = await freshDatabase()
  await using db = testDatabase(fresh.url)
  await db.query(
    'create table stored (id uuid, at timestamptz, texts jsonb, text text, properties jsonb, number float8)',
  )
  const bytes = bytesOf(sampleEvent())
  const mutated = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 3 }).map((changes) => {
    const copy = Buffer.from(bytes)
    for (const [at, byte] of changes) copy[at] = byte
    return copy
  })
  const events = fc.sample(fc.oneof(anyEvent.map(bytesOf), mutated), 3_000)
  const rows = events.flatMap((event) => rowOf(event) ?? [])
  expect(rows.length).toBeGreaterThan(300)
  expect(rows.length).toBeLessThan(3_000)
  await db.query(
    `insert into stored
     select id, timestamptz 'epoch' + at * interval '1 microsecond', to_jsonb(text), text, properties, number
       from unnest($1::uuid[], $2::int8[], $3::text[], $4::jsonb[], $5::float8[]) as given (id, at, text, properties, number)`,
    [
      rows.map((row) => row.id),
      rows.map((row) => row.atUs),
      rows.map((row) => row.texts.join('|')),
      rows.map((row) => row.properties),
      rows.map((row) => row.number),
    ],
  )
  const [found] = await db.query<{ stored: number; first: Date }>(
    'select count(*)::int as stored, min(at) as first from stored',
  )
  expect(found?.stored).toBe(rows.length)
  expect(found?.first.getTime()).toBeGreaterThanOrEqual(Date.UTC(2000, 0, 1))
})
