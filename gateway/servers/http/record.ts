import { type JsonObject, toJson } from '@bufbuild/protobuf'
import type { Door } from '../../../proto/gen/userflow/v1/envelope_pb.ts'
import { type RecordEventsResponse, RecordEventsResponseSchema } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { RequestError } from '../../errors.ts'
import type { RawBatch } from '../../ingest/batch.ts'
import { senderOf } from '../arrival.ts'
import { authenticate } from '../authenticate.ts'
import { measured } from '../measures.ts'
import { admit, type Doorkeeping, doorName, receive } from '../receive.ts'
import { bodyHead, readBody } from './body.ts'
import { arrivalOf, type HttpRequest } from './exchange.ts'

/** How an address takes its events. */
export interface Road {
  readonly door: Door
  /** The key of the query, where the address takes one. */
  readonly queryKey?: string | undefined
  /** Cuts the body into events. Throws a RequestError where it cannot be read at all. */
  readonly split: (body: Buffer) => RawBatch
}

/** Admitted for a body that does not say its length, until it is known. */
const unsaidBytes = 64 * 1024

/** Records the events of one HTTP request: key, memory, body, in this order, so that a stranger's body is never read. */
export function recordRequest(door: Doorkeeping, request: HttpRequest, road: Road): Promise<RecordEventsResponse> {
  return measured(door, doorName(road.door), async () => {
    const arrival = arrivalOf(request, road.door, road.queryKey)
    const key = await authenticate(door.keys, arrival, 'ingest')
    const head = bodyHead(request)
    const saidBytes = head.lengthBytes ?? unsaidBytes
    const admitted = [admit(door.admission, key.companyId, saidBytes)]
    try {
      const bytes = await readBody(request, head)
      const beyond = bytes.length - saidBytes
      if (beyond > 0) admitted.push(admit(door.admission, key.companyId, beyond))
      const sender = senderOf(key, arrival, door.trustProxy)
      return await receive(door, sender, { bytes: bytes.length, split: () => road.split(bytes) })
    } finally {
      for (const one of admitted) one.release()
    }
  })
}

/** @throws RequestError REQUEST_UNDECODABLE */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new RequestError('REQUEST_UNDECODABLE', 'The body is not JSON', { cause: error })
  }
}

/** The verdicts in JSON: `accepted` and `rejected` always, `assigned` where there are any. */
export function verdictsJson(verdicts: RecordEventsResponse): string {
  const { accepted, rejected, assigned } = verdicts
  if (rejected.length === 0 && assigned.length === 0) return `{"accepted":${accepted},"rejected":[]}`
  const json = toJson(RecordEventsResponseSchema, verdicts, { alwaysEmitImplicit: true })
  const { assigned: _, ...others } = json as JsonObject
  return JSON.stringify(assigned.length === 0 ? others : json)
}
