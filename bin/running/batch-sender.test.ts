import { create } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import type { EventStream } from '../../clients/node/stream.ts'
import { type Event, EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import {
  RecordEventsResponseSchema,
  type Verdict,
  VerdictSchema,
  VerdictStatus,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { BatchSender } from './batch-sender.ts'

const named = (eventId: string): Event => create(EventSchema, { eventId })

/** A stream that judges each event by its id. */
function judging(judge: (eventId: string) => VerdictStatus | undefined) {
  const batches: string[][] = []
  const send = async (events: readonly Event[]) => {
    batches.push(events.map((event) => event.eventId))
    const rejected = events.flatMap((event, index): Verdict[] => {
      const status = judge(event.eventId)
      return status === undefined ? [] : [create(VerdictSchema, { index, status, message: 'no' })]
    })
    return create(RecordEventsResponseSchema, { accepted: events.length - rejected.length, rejected })
  }
  return { batches, stream: { ready: async () => undefined, send } as unknown as EventStream }
}

test('events go out in their order, in full batches and a rest', async () => {
  const { batches, stream } = judging(() => undefined)
  const sender = new BatchSender<undefined>(stream, { batchSize: 2 })
  for (const id of ['a', 'b', 'c']) await sender.add(named(id), undefined)
  await sender.finish()
  expect(batches).toEqual([['a', 'b'], ['c']])
})

test('only what was accepted is told as accepted; each other event comes with its verdict and its note', async () => {
  const statuses: Record<string, VerdictStatus> = { b: VerdictStatus.REJECTED, d: VerdictStatus.RETRY }
  const { stream } = judging((id) => statuses[id])
  const accepted: string[] = []
  const refused: [number, VerdictStatus][] = []
  const sender = new BatchSender<number>(stream, {
    batchSize: 3,
    onAccepted: (events) => accepted.push(...events.map(({ event }) => event.eventId)),
    onVerdict: ({ note }, verdict) => refused.push([note, verdict.status]),
  })
  for (const [line, id] of ['a', 'b', 'c', 'd'].entries()) await sender.add(named(id), line + 1)
  expect(await sender.finish()).toEqual({ sent: 4, accepted: 2, rejected: 1, undecided: 1 })
  expect(accepted).toEqual(['a', 'c'])
  expect(refused).toEqual([
    [2, VerdictStatus.REJECTED],
    [4, VerdictStatus.RETRY],
  ])
})

test('a sender that the server refuses ends with the server’s words', async () => {
  const stream = { ready: async () => undefined, send: () => Promise.reject(new Error('KEY_UNKNOWN')) }
  const sender = new BatchSender<undefined>(stream as unknown as EventStream, { batchSize: 1 })
  await sender.add(named('a'), undefined)
  await expect(sender.finish()).rejects.toThrow('KEY_UNKNOWN')
})
