import { create } from '@bufbuild/protobuf'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { type RecordEventsResponse, RecordEventsResponseSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { Logger } from '../../runtime/logger.ts'
import type { Admission } from '../admission.ts'
import { RequestError } from '../errors.ts'
import type { RawBatch } from '../ingest/batch.ts'
import type { Ingest } from '../ingest/record-events.ts'
import type { Sender } from '../ingest/sender.ts'
import type { Keys } from '../keys.ts'
import type { KnownLinks } from '../links/known-links.ts'
import type { People } from '../people/people.ts'
import type { RateLimits } from '../rate-limits.ts'
import type { Measures } from './measures.ts'
import type { Readiness } from './readiness.ts'

/** What every door needs to let events in. */
export interface Doorkeeping {
  readonly keys: Keys
  readonly people: Pick<People, 'signedIn'>
  readonly links: KnownLinks
  readonly admission: Admission
  readonly rateLimits: RateLimits
  readonly ingest: Ingest
  readonly readiness: Readiness
  readonly measures: Measures
  readonly logger: Logger
  /** Number of proxies of ours in front of the gateway. */
  readonly trustProxy: number
}

/** Bytes a request may have after decompression, at every door. */
export const mostRequestBytes = 4 * 1024 * 1024

/** Memory held by a request; released exactly once. */
export interface Admitted {
  release(): void
}

/**
 * Takes memory for a request of this many bytes.
 * @throws RequestError COMPANY_OVER_SHARE or GATEWAY_FULL
 */
export function admit(admission: Admission, companyId: number, bytes: number): Admitted {
  const admitted = admission.admit(companyId, bytes)
  if (admitted === 'shed') throw new RequestError('COMPANY_OVER_SHARE')
  if (admitted === 'full') throw new RequestError('GATEWAY_FULL')
  return admitted
}

/** A request's body: how many bytes it holds in memory, and how to cut it into events. */
export interface Body {
  readonly bytes: number
  readonly split: () => RawBatch
  /** Tries again while the gateway refuses for its load or a limit; absent: the sender is told at once. */
  readonly patiently?: <T>(attempt: () => T) => Promise<T>
}

/**
 * Hands a batch to the write side and answers its verdicts. The caller has admitted its bytes.
 * @throws RequestError LOG_DOWN at once when the log is known to be down, RATE_LIMITED before any event is judged, or what
 * `split` throws
 */
export async function receive(door: Doorkeeping, sender: Sender, body: Body): Promise<RecordEventsResponse> {
  // Without this every request would wait for its deadline and fill the memory that the log's return will need.
  if (door.readiness.logIsDown()) throw new RequestError('LOG_DOWN')
  const name = doorName(sender.door)
  let started = performance.now()
  door.measures.took(name, body.bytes)
  const batch = body.split()
  const take = (): void => door.rateLimits.take(sender.key, batch.events.length)
  if (body.patiently) {
    const before = performance.now()
    await body.patiently(take)
    // A sender's own limit is not a slow gateway.
    started += performance.now() - before
  } else take()
  const verdicts = await door.ingest.record(sender, batch)
  door.measures.answered(name, performance.now() - started)
  return create(RecordEventsResponseSchema, verdicts)
}

/** How a door is called in metrics. */
export const doorName = (door: Door): string => doorNames.get(door) ?? 'unknown'

const doorNames: ReadonlyMap<Door, string> = new Map<Door, string>([
  [Door.GRPC, 'grpc'],
  [Door.GRPC_STREAM, 'grpc_stream'],
  [Door.CONNECT, 'connect'],
  [Door.BEACON, 'beacon'],
  [Door.PIXEL, 'pixel'],
])
