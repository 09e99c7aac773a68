import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import {
  constants,
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { type DoorAddress, type OpenDoor, within } from '../open-door.ts'
import { mostArrivalMs } from '../slow-requests.ts'
import type { HttpRequest, HttpResponse } from './exchange.ts'

/** Time for the first bytes of a connection and for the headers of a request. */
const mostHeaderMs = 10_000
/** Longer than the usual idle time of load balancers, so that it is they who close and no request meets a closed socket. */
const idleMs = 75_000

/**
 * One port for HTTP/1.1 and HTTP/2 without TLS. The HTTP/1 server owns the port, because its time-outs only work while it
 * listens itself; connections that begin with the preface of HTTP/2 are handed to the other server.
 */
export async function openOnePort(
  address: DoorAddress,
  serve: (request: HttpRequest, response: HttpResponse) => void,
): Promise<OpenDoor> {
  const sockets = new Set<Socket>()
  /** Connections that have not said a byte yet, such as those browsers open in advance. */
  const silent = new Set<Socket>()
  const sessions = new Set<ServerHttp2Session>()
  const underWay = new Set<ServerResponse>()
  const http2 = createHttp2(serve, sessions)
  const http1 = createHttp1(serve, underWay)
  const [acceptHttp1] = http1.listeners('connection') as ((socket: Socket) => void)[]
  if (!acceptHttp1) throw new Error('the HTTP/1 server accepts no connections')
  http1.removeAllListeners('connection')
  http1.on('connection', (socket: Socket) => {
    sockets.add(socket)
    silent.add(socket)
    socket.once('close', () => sockets.delete(socket) && silent.delete(socket))
    byFirstBytes(socket, (isHttp2) => {
      silent.delete(socket)
      if (isHttp2) http2.emit('connection', socket)
      else acceptHttp1.call(http1, socket)
    })
  })
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: Error): void => {
      reject(new Error(`The HTTP door cannot listen on ${address.host}:${address.port}`, { cause }))
    }
    http1.once('error', refuse).listen(address.port, address.host, () => {
      http1.off('error', refuse)
      resolve()
    })
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (http1.address() as AddressInfo).port,
    async drain(withinMs) {
      const closed = new Promise<void>((resolve) => http1.close(() => resolve()))
      for (const socket of silent) socket.destroy()
      for (const session of sessions) session.close()
      for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close')
      // A connection becomes idle when its last answer is out, which the server by itself notices only once.
      const sweep = setInterval(() => http1.closeIdleConnections(), 50)
      await within(withinMs, closed)
      clearInterval(sweep)
      cut()
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => http1.close(() => resolve()))
      cut()
      await closed
    },
  }
}

function createHttp1(
  serve: (request: HttpRequest, response: HttpResponse) => void,
  underWay: Set<ServerResponse>,
): Server {
  const listener: RequestListener = (request, response) => {
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    if (!http1.listening) response.setHeader('connection', 'close')
    serve(request, response)
  }
  const http1 = createServer(
    {
      headersTimeout: mostHeaderMs,
      requestTimeout: mostArrivalMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: 1_000,
    },
    listener,
  )
  http1.maxHeadersCount = 100
  return http1
}

function createHttp2(
  serve: (request: HttpRequest, response: HttpResponse) => void,
  sessions: Set<ServerHttp2Session>,
): Http2Server {
  const http2 = createHttp2Server(
    {
      settings: { maxConcurrentStreams: 128, maxHeaderListSize: 16 * 1024 },
      // Megabytes of state a connection may hold.
      maxSessionMemory: 64,
      maxHeaderListPairs: 100,
      maxSessionInvalidFrames: 100,
      maxSessionRejectedStreams: 50,
    },
    (request, response) => {
      endWithAnswer(response.stream)
      serve(request, response)
    },
  )
  http2.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    // Nothing was sent or received for that long: whether the other end is still there only a ping can tell.
    session.setTimeout(idleMs, () => checkOtherEnd(session))
  })
  // A broken session has already been closed; without listeners it would end the process.
  http2.on('sessionError', () => undefined)
  return http2
}

const mostTrailersMs = 100

/** A call that is answered is over, even if its sender would go on sending; else it would keep its connection open. */
function endWithAnswer(stream: ServerHttp2Stream): void {
  // Asked for once all data is out; the trailers themselves go out before a close that is asked for later.
  stream.once('wantTrailers', () => {
    setTimeout(() => stream.close(constants.NGHTTP2_NO_ERROR), mostTrailersMs).unref()
  })
}

const mostPingMs = 10_000

function checkOtherEnd(session: ServerHttp2Session): void {
  if (session.closed || session.destroyed) return
  const timer = setTimeout(() => session.destroy(), mostPingMs)
  const sent = session.ping((error) => {
    clearTimeout(timer)
    if (error) session.destroy()
  })
  if (!sent) session.destroy()
}

/** Of the methods in use only POST, PUT and PATCH share the preface's first letter, and none its second. */
const prefaceStart = Buffer.from('PR')

/** Reads as little as decides the version, and puts it back. A connection that stays silent is closed. */
function byFirstBytes(socket: Socket, decide: (isHttp2: boolean) => void): void {
  const timer = setTimeout(() => socket.destroy(), mostHeaderMs)
  let start: Buffer = Buffer.alloc(0)
  const onData = (chunk: Buffer): void => {
    start = start.length === 0 ? chunk : Buffer.concat([start, chunk])
    if (start.length < prefaceStart.length && start[0] === prefaceStart[0]) return
    stop()
    socket.pause()
    socket.unshift(start)
    decide(start.subarray(0, prefaceStart.length).equals(prefaceStart))
    process.nextTick(() => socket.resume())
  }
  // Gone without a word, which keeps the other half open.
  const onGone = (): void => void socket.destroy()
  const stop = (): void => {
    clearTimeout(timer)
    socket.off('data', onData).off('error', onGone).off('end', onGone).off('close', stop)
  }
  socket.on('data', onData).on('error', onGone).on('end', onGone).on('close', stop)
}
