import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Door } from '../../../proto/gen/userflow/v1/envelope_pb.ts'
import type { Arrival } from '../arrival.ts'

/** A request of either HTTP version; both have the same surface. */
export type HttpRequest = IncomingMessage | Http2ServerRequest

/** A response of either HTTP version. */
export type HttpResponse = ServerResponse | Http2ServerResponse

/** What a plain address answers. */
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

/** Sends the reply, unless the other end has left. */
export function send(response: HttpResponse, reply: Reply): void {
  if (response.headersSent || response.destroyed) return
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : (reply.body ?? Buffer.alloc(0))
  response.statusCode = reply.status
  // 204 and 304 have no body, so neither a length of one.
  if (reply.status !== 204 && reply.status !== 304) response.setHeader('content-length', String(body.byteLength))
  response.setHeader('x-content-type-options', 'nosniff')
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value)
  response.end(body)
}

/** One header's value; repeated ones are joined as HTTP says. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

/** Path and query of a request. The host is the sender's to write, so it takes no part. */
export function addressOf(request: HttpRequest): { path: string; query: URLSearchParams } {
  const target = request.url ?? '/'
  const mark = target.indexOf('?')
  if (mark < 0) return { path: target, query: new URLSearchParams() }
  return { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) }
}

/** What an HTTP request brings besides its body. `queryKey` only where the address takes one. */
export function arrivalOf(request: HttpRequest, door: Door, queryKey?: string): Arrival {
  const header = (name: string): string | undefined => headerOf(request, name)
  return { header, door, queryKey, peer: request.socket?.remoteAddress ?? '' }
}
