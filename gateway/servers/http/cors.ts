import { errorHeader } from '../../errors.ts'
import { type HttpRequest, type HttpResponse, headerOf, send } from './exchange.ts'

const allowedHeaders = [
  'authorization',
  'connect-protocol-version',
  'connect-timeout-ms',
  'content-encoding',
  'content-type',
  'grpc-timeout',
  'x-api-key',
  'x-grpc-web',
  'x-user-agent',
].join(', ')

const exposedHeaders = [errorHeader, 'retry-after', 'grpc-status', 'grpc-message', 'grpc-status-details-bin'].join(', ')

/**
 * Lets the page that asks read the answer. Credentials are never asked for, so the reflected origin gives nothing away;
 * whether the origin may use the key is decided with the key.
 */
export function allowOrigin(request: HttpRequest, response: HttpResponse): void {
  response.setHeader('vary', 'origin')
  const origin = headerOf(request, 'origin')
  if (origin === undefined) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', exposedHeaders)
}

/** Answers the question browsers ask before a request that is not a simple one. It carries no key. */
export function answerPreflight(request: HttpRequest, response: HttpResponse, method: 'GET' | 'POST'): void {
  allowOrigin(request, response)
  const headers = {
    'access-control-allow-methods': method,
    'access-control-allow-headers': allowedHeaders,
    // Two hours, the most that browsers keep.
    'access-control-max-age': '7200',
  }
  send(response, { status: 204, headers })
}
