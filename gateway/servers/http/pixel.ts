import { Door } from '../../../proto/gen/userflow/v1/envelope_pb.ts'
import { RejectReasonSchema } from '../../../proto/gen/userflow/v1/ingest_pb.ts'
import { errorHeader, toRequestError } from '../../errors.ts'
import { batchFromJson, type RawBatch } from '../../ingest/batch.ts'
import type { Doorkeeping } from '../receive.ts'
import { addressOf, type HttpRequest, type HttpResponse, headerOf, send } from './exchange.ts'
import { recordRequest } from './record.ts'

/** A transparent picture of one by one pixel, 43 bytes. */
const picture = Buffer.from('R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')

/**
 * `GET /v1/pixel.gif?key=…&e=…&url=…&ref=…&title=…` for pages and mails without scripts: records a page view, or a custom
 * event named by `e`. The picture always comes; what became of the event is in a header, because nobody sees a status here.
 */
export async function servePixel(door: Doorkeeping, request: HttpRequest, response: HttpResponse): Promise<void> {
  const { query } = addressOf(request)
  const road = { door: Door.PIXEL, queryKey: query.get('key') ?? undefined, split: () => batchOf(request, query) }
  const outcome = await recordRequest(door, request, road).then(
    ({ rejected }) =>
      rejected[0] ? { [verdictHeader]: RejectReasonSchema.value[rejected[0].reason]?.name ?? 'REJECTED' } : {},
    (error: unknown) => ({ [errorHeader]: toRequestError(error).code }),
  )
  send(response, {
    status: 200,
    headers: { 'content-type': 'image/gif', 'cache-control': 'no-store', ...outcome },
    body: picture,
  })
}

const verdictHeader = 'x-userflow-rejected'

function batchOf(request: HttpRequest, query: URLSearchParams): RawBatch {
  const name = query.get('e') || 'page_view'
  const page = {
    url: query.get('url') ?? headerOf(request, 'referer') ?? '',
    referrer: query.get('ref') ?? '',
    title: query.get('title') ?? '',
  }
  const action = name === 'page_view' ? { pageView: {} } : { custom: { name } }
  return batchFromJson({ events: [{ page, ...action }] })
}
