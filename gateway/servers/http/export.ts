import { once } from 'node:events'
import { constants } from 'node:http2'
import { fromJson, type JsonValue } from '@bufbuild/protobuf'
import { Door } from '../../../proto/gen/userflow/v1/envelope_pb.ts'
import { type ExportEventsRequest, ExportEventsRequestSchema } from '../../../proto/gen/userflow/v1/export_pb.ts'
import { RequestError } from '../../errors.ts'
import type { ExportedFile, Exports } from '../../export/export-events.ts'
import type { ExportEnd } from '../../export/export-job.ts'
import { identify } from '../identify.ts'
import { measured } from '../measures.ts'
import type { Doorkeeping } from '../receive.ts'
import { bodyHead, readBody } from './body.ts'
import { plainFailure } from './events.ts'
import { arrivalOf, type HttpRequest, type HttpResponse, send } from './exchange.ts'
import { parseJson } from './record.ts'

/** As every question: a key that reads, or whoever may look. */
const mayExport = { scope: 'read', role: 'viewer' } as const

/** A reader that takes nothing for so long is gone. */
const mostStallMs = 60_000

/** Trailers, because only the end of a file tells them. */
const trailers = ['x-userflow-rows', 'x-userflow-next'] as const

/** `POST /v1/export/events`: stored events as a file, at the reader's pace. */
export async function serveExport(
  on: { readonly door: Doorkeeping; readonly exports: Exports },
  request: HttpRequest,
  response: HttpResponse,
): Promise<void> {
  const { door, exports } = on
  try {
    await measured(door, 'export', async () => {
      const who = await identify(door, arrivalOf(request, Door.CONNECT), mayExport)
      if (who.kind === 'nobody') throw new RequestError('KEY_MISSING')
      const asked = readRequest(parseJson(await readBody(request, bodyHead(request))))
      await sendFile(await exports.events(asked, who.companyId), response)
    })
  } catch (error) {
    if (response.headersSent) cut(response)
    else send(response, plainFailure(error))
  }
}

function readRequest(json: unknown): ExportEventsRequest {
  try {
    return fromJson(ExportEventsRequestSchema, json as JsonValue, { ignoreUnknownFields: true })
  } catch (error) {
    throw new RequestError('REQUEST_UNDECODABLE', (error as Error).message, { cause: error })
  }
}

async function sendFile(file: ExportedFile, response: HttpResponse): Promise<void> {
  const { bytes } = file
  try {
    // The first page before the headers: what fails at once is told by a status.
    let piece = await bytes.next()
    writeHead(file, response)
    while (!piece.done) {
      await writePiece(response, piece.value)
      piece = await bytes.next()
    }
    end(response, piece.value)
  } finally {
    await bytes.return({ rows: 0, next: '' })
  }
}

function writeHead({ contentType, name, receivedBefore }: ExportedFile, response: HttpResponse): void {
  const headers = {
    'content-type': contentType,
    'content-disposition': `attachment; filename="${name}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-userflow-received-before': receivedBefore,
    trailer: trailers.join(', '),
  }
  response.statusCode = 200
  for (const [header, value] of Object.entries(headers)) response.setHeader(header, value)
}

/** Waits until it is on its way, so that its memory is free. @throws when the reader is gone */
async function writePiece(response: HttpResponse, bytes: Uint8Array): Promise<void> {
  if (response.destroyed || response.writableEnded) throw new RequestError('REQUEST_INCOMPLETE', 'The reader has left')
  if (bytes.length === 0) return
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), mostStallMs)
  const { signal } = waiting
  try {
    await Promise.race([written(response, bytes), closed(response, signal)])
  } catch (error) {
    throw new RequestError('REQUEST_INCOMPLETE', 'The reader takes nothing more', { cause: error })
  } finally {
    clearTimeout(timer)
    waiting.abort()
  }
}

/** Both kinds of response write bytes; only their types differ. */
const written = (response: HttpResponse, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    const to = response as { write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean }
    to.write(bytes, (error) => (error ? reject(error) : resolve()))
  })

const closed = async (response: HttpResponse, signal: AbortSignal): Promise<never> => {
  await once(response, 'close', { signal })
  throw new Error('closed')
}

function end(response: HttpResponse, { rows, next }: ExportEnd): void {
  response.addTrailers({ [trailers[0]]: String(rows), [trailers[1]]: next })
  response.end()
}

/** Ends what has begun so that the reader sees it is not whole. */
function cut(response: HttpResponse): void {
  if ('stream' in response) response.stream?.close(constants.NGHTTP2_INTERNAL_ERROR)
  else response.destroy()
}
