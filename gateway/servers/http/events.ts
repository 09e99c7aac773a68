import { Door } from '../../../proto/gen/userflow/v1/envelope_pb.ts'
import { catalogue } from '../../catalogue.ts'
import { errorHeader, RequestError, toPlainError, toRequestError } from '../../errors.ts'
import { batchFromJson, type RawBatch } from '../../ingest/batch.ts'
import type { Doorkeeping } from '../receive.ts'
import { addressOf, type HttpRequest, type HttpResponse, headerOf, type Reply, send } from './exchange.ts'
import { parseJson, recordRequest, verdictsJson } from './record.ts'

/**
 * `POST /v1/events?key=…` for browsers: text/plain keeps it a simple request, without a preflight, as sendBeacon and
 * fetch with keepalive need it. The body is the JSON of RecordEvents, or only its list of events.
 */
export async function takeEvents(door: Doorkeeping, request: HttpRequest, response: HttpResponse): Promise<void> {
  send(response, await answer(door, request).catch(plainFailure))
}

async function answer(door: Doorkeeping, request: HttpRequest): Promise<Reply> {
  const type = (headerOf(request, 'content-type') ?? 'text/plain').split(';')[0]?.trim().toLowerCase()
  if (type !== 'text/plain' && type !== 'application/json') throw new RequestError('CONTENT_TYPE_UNSUPPORTED')
  const queryKey = addressOf(request).query.get('key') ?? undefined
  const verdicts = await recordRequest(door, request, { door: Door.BEACON, queryKey, split: batchOf })
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return { status: 200, headers, body: verdictsJson(verdicts) }
}

/** The form of RecordEventsRequest, or only its list of events. */
function batchOf(body: Buffer): RawBatch {
  const json = parseJson(body)
  return batchFromJson(Array.isArray(json) ? { events: json } : json)
}

/** An error in the form of the plain addresses. */
export function plainFailure(error: unknown): Reply {
  const problem = toRequestError(error)
  const seconds = problem.retryAfterSeconds
  return {
    status: catalogue[problem.code].http,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      [errorHeader]: problem.code,
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    },
    body: JSON.stringify(toPlainError(problem)),
  }
}
