import { setTimeout as sleep } from 'node:timers/promises'
import { create } from '@bufbuild/protobuf'
import { type StreamEventsResponse, StreamEventsResponseSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { RequestError } from '../errors.ts'
import type { RawBatch } from '../ingest/batch.ts'
import { type Arrival, senderOf } from './arrival.ts'
import { authenticate } from './authenticate.ts'
import { type InFlight, inFlight } from './in-flight.ts'
import { measured } from './measures.ts'
import { admit, type Doorkeeping, doorName, mostRequestBytes, receive } from './receive.ts'

/** A stream of numbered batches, whatever the protocol it came by. */
export interface EventStream<T> {
  readonly arrival: Arrival
  readonly source: AsyncIterable<T>
  readonly sizeOf: (item: T) => number
  readonly split: (item: T) => RawBatch
  readonly stopping: AbortSignal
}

/**
 * Sixteen batches keep the log's group commit busy at any round trip; the bytes bound what a stream of the largest
 * batches may hold.
 */
const window = { items: 16, bytes: 2 * mostRequestBytes }

/**
 * Records the batches of a stream and yields an acknowledgement for each once the log has answered, in any order.
 * The key is looked at again with every batch, so a revoked key ends its streams within seconds.
 */
export async function* streamEvents<T>(
  door: Doorkeeping,
  stream: EventStream<T>,
): AsyncGenerator<StreamEventsResponse, void, undefined> {
  const { arrival, source, sizeOf, split, stopping } = stream
  const sender = senderOf(await authenticate(door.keys, arrival, 'ingest'), arrival, door.trustProxy)
  const patiently = <R>(attempt: () => R): Promise<R> =>
    tryPatiently(attempt, { stopping, mayStill: () => authenticate(door.keys, arrival, 'ingest') })
  const record = async (item: T): Promise<StreamEventsResponse> => {
    const key = await authenticate(door.keys, arrival, 'ingest')
    const admitted = await patiently(() => admit(door.admission, key.companyId, sizeOf(item)))
    try {
      let number = 0n
      const splitAndNumber = (): RawBatch => {
        const batch = split(item)
        number = batch.batch ?? 0n
        return batch
      }
      const from = { ...sender, key, receivedAtUs: Date.now() * 1000 }
      const result = await receive(door, from, { bytes: sizeOf(item), split: splitAndNumber, patiently })
      return create(StreamEventsResponseSchema, { batch: number, result })
    } finally {
      admitted.release()
    }
  }
  const work = (item: T): Promise<StreamEventsResponse> => measured(door, doorName(arrival.door), () => record(item))
  const task: InFlight<T, StreamEventsResponse> = { source, work, sizeOf, window, stopping }
  door.measures.streams(1)
  try {
    yield* inFlight(task)
  } finally {
    door.measures.streams(-1)
  }
}

const mostPatienceMs = 10_000
const betweenTriesMs = 50

/**
 * A full gateway, or a limit, slows a stream instead of refusing it: while this waits, no further batch is read. A key that
 * is revoked meanwhile does not wait on.
 */
async function tryPatiently<R>(
  attempt: () => R,
  { stopping, mayStill }: { stopping: AbortSignal; mayStill: () => Promise<unknown> },
): Promise<R> {
  for (const until = Date.now() + mostPatienceMs; ; ) {
    try {
      return attempt()
    } catch (error) {
      if (!(error instanceof RequestError) || Date.now() >= until || stopping.aborted) throw error
    }
    await sleep(betweenTriesMs)
    await mayStill()
  }
}
