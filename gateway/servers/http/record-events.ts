import { toBinary } from '@bufbuild/protobuf'
import { errorToJson } from '@connectrpc/connect/protocol-connect'
import { Door } from '../../../proto/gen/userflow/v1/envelope_pb.ts'
import { RecordEventsResponseSchema } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { catalogue } from '../../catalogue.ts'
import { toConnectError, toRequestError } from '../../errors.ts'
import { batchFromJson, splitRecordRequest } from '../../ingest/batch.ts'
import type { Doorkeeping } from '../receive.ts'
import { type HttpRequest, type HttpResponse, type Reply, send } from './exchange.ts'
import { parseJson, recordRequest, verdictsJson } from './record.ts'

/** The two forms of a unary Connect request. The Connect library serves every other protocol. */
export type UnaryForm = 'application/json' | 'application/proto'

/**
 * RecordEvents as a unary call of the Connect protocol. It is answered here instead of by the Connect library, because
 * that would fail a whole batch for one unreadable event, has no cap on the ratio of compression, and answers 429 for 413.
 */
export async function recordEvents(
  door: Doorkeeping,
  exchange: { request: HttpRequest; response: HttpResponse },
  form: UnaryForm,
): Promise<void> {
  const split = form === 'application/json' ? (body: Buffer) => batchFromJson(parseJson(body)) : splitRecordRequest
  const reply = await recordRequest(door, exchange.request, { door: Door.CONNECT, split }).then(
    (verdicts): Reply => ({
      status: 200,
      headers: { 'content-type': form },
      body: form === 'application/json' ? verdictsJson(verdicts) : toBinary(RecordEventsResponseSchema, verdicts),
    }),
    connectFailure,
  )
  send(exchange.response, reply)
}

/** An error in the form of the Connect protocol, with the catalogue's HTTP status. */
export function connectFailure(error: unknown): Reply {
  const answer = toConnectError(error)
  return {
    status: catalogue[toRequestError(error).code].http,
    headers: { ...Object.fromEntries(answer.metadata), 'content-type': 'application/json' },
    body: JSON.stringify(errorToJson(answer, undefined)),
  }
}
