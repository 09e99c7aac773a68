import type { DescMethod, Message } from '@bufbuild/protobuf'
import {
  type ConnectRouter,
  type ConnectRouterOptions,
  createContextKey,
  createContextValues,
  type HandlerContext,
} from '@connectrpc/connect'
import { compressionGzip, connectNodeAdapter } from '@connectrpc/connect-node'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { toConnectError } from '../errors.ts'
import { permissionOf } from '../permissions.ts'
import { type Arrival, senderOf } from './arrival.ts'
import { authenticate } from './authenticate.ts'
import { arrivalOf, type HttpRequest, type HttpResponse, headerOf } from './http/exchange.ts'
import { inflate } from './http/inflate.ts'
import { identify } from './identify.ts'
import { codeOf, measured } from './measures.ts'
import { type EventForm, type RawRequest, rawIngestService, sizeOfRaw, splitRaw } from './raw-ingest.ts'
import { admit, type Doorkeeping, mostRequestBytes, receive } from './receive.ts'
import { streamEvents } from './stream-events.ts'
import type { StreamRpc } from './stream-rpcs.ts'
import type { UnaryRpc } from './unary-rpcs.ts'

/** What the Connect library serves: gRPC, gRPC-web, Connect streams, and the questions in every protocol. */
export interface ConnectRoutesOptions {
  readonly door: Doorkeeping
  readonly rpcs: readonly UnaryRpc[]
  readonly streams: readonly StreamRpc[]
  readonly stopping: AbortSignal
}

/** Serves a request of a known RPC path. */
export type ServeRpc = (request: HttpRequest, response: HttpResponse) => void

const arrivalKey = createContextKey<Arrival | undefined>(undefined)

/** The longest a client may ask the gateway to work on a call. Streams usually ask for no limit. */
const mostTimeoutMs = 10 * 60_000

/** Routes RPCs to the Connect library; requests with events in JSON and in protobuf go through different forms of one service. */
export function createConnectRoutes(options: ConnectRoutesOptions): ServeRpc {
  const byForm = { bytes: adapter(options, 'bytes'), json: adapter(options, 'json') }
  return (request, response) => {
    const form: EventForm = headerOf(request, 'content-type')?.includes('json') ? 'json' : 'bytes'
    byForm[form](request, response)
  }
}

function adapter(options: ConnectRoutesOptions, form: EventForm): ServeRpc {
  const { door } = options
  const serve = connectNodeAdapter({
    ...limitsOf(door),
    // Defaults are written out, so that a reader of the answer meets every field; unknown ones come from newer clients.
    jsonOptions: { alwaysEmitImplicit: true, ignoreUnknownFields: true },
    contextValues: (request) => createContextValues().set(arrivalKey, arrivalOf(request, Door.CONNECT)),
    routes: (router) => {
      addIngest(router, options, form)
      for (const rpc of options.rpcs) addUnary(router, rpc)
      for (const rpc of options.streams) addStream(router, rpc, options.stopping)
    },
  })
  return serve as ServeRpc
}

function limitsOf(door: Doorkeeping): ConnectRouterOptions {
  return {
    grpc: true,
    grpcWeb: true,
    connect: true,
    // The library's own limits are 4 GiB and none.
    readMaxBytes: mostRequestBytes,
    maxTimeoutMs: mostTimeoutMs,
    acceptCompression: [
      {
        ...compressionGzip,
        decompress: async (bytes) => {
          if (bytes.length === 0) return new Uint8Array(0)
          return new Uint8Array(await inflate(bytes).catch(refuse))
        },
      },
    ],
    // Before the body: a stranger cannot make the gateway hold one.
    requestGate: async (context) => {
      await identify(door, arrivalIn(context), permissionOf(context.method)).catch((error: unknown) => {
        door.measures.ended('connect', codeOf(error))
        return refuse(error)
      })
    },
    interceptors: [(next) => (request) => next(request).catch(refuse)],
  }
}

const refuse = (error: unknown): never => {
  throw toConnectError(error)
}

function arrivalIn(context: HandlerContext): Arrival {
  const arrival = context.values.get(arrivalKey)
  if (!arrival) throw new Error('a call without its arrival')
  return arrival
}

function addIngest(router: ConnectRouter, options: ConnectRoutesOptions, form: EventForm): void {
  const { door, stopping } = options
  const { recordEvents, streamEvents: stream } = rawIngestService(form).method as Record<string, DescMethod>
  if (!recordEvents || !stream) throw new Error('the contract has lost a method of IngestService')
  router.rpc(recordEvents as Unary, (request: Message, context: HandlerContext) =>
    measured(door, 'connect', async () => {
      const arrival = arrivalIn(context)
      const key = await authenticate(door.keys, arrival, 'ingest')
      const bytes = sizeOfRaw(form, recordEvents, request as RawRequest)
      const admitted = admit(door.admission, key.companyId, bytes)
      try {
        const split = () => splitRaw(form, recordEvents, request as RawRequest)
        return await receive(door, senderOf(key, arrival, door.trustProxy), { bytes, split })
      } finally {
        admitted.release()
      }
    }),
  )
  router.rpc(stream as BidiStreaming, async function* (source: AsyncIterable<Message>, context: HandlerContext) {
    const arrival = arrivalIn(context)
    const split = (request: Message) => splitRaw(form, stream, request as RawRequest)
    const sizeOf = (request: Message) => sizeOfRaw(form, stream, request as RawRequest)
    try {
      yield* streamEvents(door, { arrival, source, sizeOf, split, stopping })
    } catch (error) {
      refuse(error)
    }
  })
}

type Unary = DescMethod & { methodKind: 'unary' }
type ServerStreaming = DescMethod & { methodKind: 'server_streaming' }
type BidiStreaming = DescMethod & { methodKind: 'bidi_streaming' }

function addUnary(router: ConnectRouter, { method, answer }: UnaryRpc): void {
  router.rpc(method as Unary, (request: Message, context: HandlerContext) =>
    answer(request, {
      ...arrivalIn(context),
      setCookie: (cookie) => context.responseHeader.append('set-cookie', cookie),
    }),
  )
}

function addStream(router: ConnectRouter, { method, answer }: StreamRpc, stopping: AbortSignal): void {
  router.rpc(method as ServerStreaming, async function* (request: Message, context: HandlerContext) {
    try {
      yield* answer(request, arrivalIn(context), AbortSignal.any([context.signal, stopping]))
    } catch (error) {
      refuse(error)
    }
  })
}
