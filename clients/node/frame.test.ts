import { create, fromBinary } from '@bufbuild/protobuf'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { StreamEventsRequestSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { encodeEvent, frameBatch } from './frame.ts'

test('a framed batch reads back as the message it stands for', () => {
  const anyEvents = fc.array(fc.record({ sessionId: fc.string(), sequence: fc.nat() }), { maxLength: 20 })
  fc.assert(
    fc.property(fc.nat(), anyEvents, fc.integer({ min: 0, max: 4e12 }), (batch, inits, sentAtMs) => {
      const events = inits.map((init) => create(EventSchema, init))
      const read = fromBinary(StreamEventsRequestSchema, frameBatch(batch, events.map(encodeEvent), sentAtMs))
      expect(read.batch).toBe(BigInt(batch))
      expect(read.events).toEqual(events)
      expect(timestampMs(read.sentAt!)).toBe(sentAtMs)
    }),
    { numRuns: 100 },
  )
})
