import { RequestError } from '../../errors.ts'
import type { Exports } from '../../export/export-events.ts'
import type { ServeRpc } from '../connect-routes.ts'
import type { Doorkeeping } from '../receive.ts'
import { readConsole } from './console.ts'
import { allowOrigin, answerPreflight } from './cors.ts'
import { plainFailure, takeEvents } from './events.ts'
import { addressOf, type HttpRequest, type HttpResponse, headerOf, type Reply, send } from './exchange.ts'
import { serveExport } from './export.ts'
import { servePixel } from './pixel.ts'
import { healthz, home, readyz } from './plain.ts'
import { connectFailure, recordEvents } from './record-events.ts'
import { readTracker } from './tracker.ts'

/** What every address needs. */
export interface Site {
  readonly door: Doorkeeping
  readonly serveRpc: ServeRpc
  /** Paths the Connect library serves. */
  readonly rpcPaths: ReadonlySet<string>
  /** Absent: nothing is exported here. */
  readonly exports?: Exports
}

interface Exchange {
  readonly request: HttpRequest
  readonly response: HttpResponse
}

/** An address of the site: which methods it takes, whether pages of other origins may use it, and what it does. */
interface Address {
  readonly methods: readonly string[]
  readonly crossOrigin: boolean
  readonly serve: (exchange: Exchange) => void | Promise<void>
}

const recordEventsPath = '/userflow.v1.IngestService/RecordEvents'
const streamEventsPath = '/userflow.v1.IngestService/StreamEvents'
const exportPath = '/v1/export/events'
const livePath = '/userflow.v1.AnalyticsService/StreamLive'
const endlessPaths: ReadonlySet<string> = new Set([streamEventsPath, exportPath, livePath])

/** Whether a request of this path may last as long as both ends like. */
export const isEndless = (request: HttpRequest): boolean => endlessPaths.has(addressOf(request).path)

/** Every address of the HTTP port. */
export function createRoutes(site: Site): (request: HttpRequest, response: HttpResponse) => void {
  const { door, serveRpc, exports } = site
  const page = (reply: () => Reply): Address => ({
    methods: ['GET', 'HEAD'],
    crossOrigin: false,
    serve: ({ response }) => send(response, reply()),
  })
  const addresses = new Map<string, Address>([
    ['/', page(() => home)],
    ['/healthz', page(() => healthz)],
    ['/readyz', page(() => readyz(door.readiness))],
    ['/v1/events', { ...taking('POST'), serve: ({ request, response }) => takeEvents(door, request, response) }],
    ['/v1/pixel.gif', { ...taking('GET'), serve: ({ request, response }) => servePixel(door, request, response) }],
  ])
  for (const path of site.rpcPaths) {
    const serve = ({ request, response }: Exchange): void => serveSafely(serveRpc, request, response)
    // Questions need a secret key, which has no place in a page of another origin.
    addresses.set(path, { methods: ['POST'], crossOrigin: path.startsWith('/userflow.v1.IngestService/'), serve })
  }
  addresses.set(recordEventsPath, { ...taking('POST'), serve: (exchange) => recordInForm(site, exchange) })
  if (exports) {
    const serve = ({ request, response }: Exchange) => serveExport({ door, exports }, request, response)
    addresses.set(exportPath, { methods: ['POST'], crossOrigin: false, serve })
  }
  const tracker = readTracker()
  const script: Address = {
    methods: ['GET', 'HEAD'],
    crossOrigin: false,
    serve: ({ request, response }) => tracker.serve(request, response),
  }
  const people = readConsole()
  return (request, response) => {
    const { path } = addressOf(request)
    const address = addresses.get(path) ?? (tracker.has(path) ? script : undefined)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const page = isRead && (path === '/' || !address) ? people.find(request) : undefined
    if (page) send(response, page)
    else if (address) answer(address, { request, response })
    else send(response, plainFailure(new RequestError('NOT_FOUND')))
  }
}

const taking = (method: 'GET' | 'POST') => ({ methods: [method], crossOrigin: true })

function answer(address: Address, { request, response }: Exchange): void {
  const [method = 'POST'] = address.methods
  if (request.method === 'OPTIONS' && address.crossOrigin) {
    answerPreflight(request, response, method as 'GET' | 'POST')
  } else if (!address.methods.includes(request.method ?? '')) {
    const { status, headers, body = '' } = plainFailure(new RequestError('METHOD_UNKNOWN'))
    send(response, { status, body, headers: { ...headers, allow: address.methods.join(', ') } })
  } else {
    if (address.crossOrigin) allowOrigin(request, response)
    void address.serve({ request, response })
  }
}

/** RecordEvents by its content type: the unary Connect forms here, every other protocol by the library. */
function recordInForm(site: Site, exchange: Exchange): void | Promise<void> {
  const { request, response } = exchange
  const type = (headerOf(request, 'content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'application/json' || type === 'application/proto') return recordEvents(site.door, exchange, type)
  if (/^application\/grpc(-web)?(-text)?(\+\w+)?$/.test(type)) return serveSafely(site.serveRpc, request, response)
  send(response, connectFailure(new RequestError('CONTENT_TYPE_UNSUPPORTED')))
}

/** The library throws at once for a host header it cannot put into an address; uncaught, that would end the process. */
function serveSafely(serveRpc: ServeRpc, request: HttpRequest, response: HttpResponse): void {
  try {
    serveRpc(request, response)
  } catch (error) {
    send(response, connectFailure(new RequestError('REQUEST_UNDECODABLE', undefined, { cause: error })))
  }
}
