import { IngestService } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { Exports } from '../export/export-events.ts'
import { createConnectRoutes } from './connect-routes.ts'
import type { HttpRequest, HttpResponse } from './http/exchange.ts'
import { openOnePort } from './http/one-port.ts'
import { createRoutes, isEndless } from './http/routes.ts'
import type { DoorOptions, OpenDoor } from './open-door.ts'

/**
 * Opens the HTTP door: Connect, gRPC-web and gRPC on one port over HTTP/1.1 and HTTP/2, and the plain addresses for
 * browsers and balancers.
 */
export async function openConnectDoor(options: DoorOptions & { readonly exports?: Exports }): Promise<OpenDoor> {
  const { door, rpcs, streams, address, exports } = options
  const stopping = new AbortController()
  const rpcPaths = new Set([
    ...IngestService.methods.map((method) => `/${IngestService.typeName}/${method.name}`),
    ...[...rpcs, ...streams].map(({ service, method }) => `/${service.typeName}/${method.name}`),
  ])
  const serveRpc = createConnectRoutes({ door, rpcs, streams, stopping: stopping.signal })
  const serve = createRoutes({ door, serveRpc, rpcPaths, ...(exports ? { exports } : {}) })
  const opened = await openOnePort(address, (request, response) => {
    if (!isEndless(request)) endInTime(request, response)
    serve(request, response)
  })
  return {
    port: opened.port,
    drain: (withinMs) => {
      stopping.abort()
      return opened.drain(withinMs)
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

/** Arrival, the longest question and the answer's way together; only a sender that trickles takes longer. */
const mostExchangeMs = 60_000

function endInTime(request: HttpRequest, response: HttpResponse): void {
  const timer = setTimeout(() => request.destroy(), mostExchangeMs)
  response.once('close', () => clearTimeout(timer))
}
