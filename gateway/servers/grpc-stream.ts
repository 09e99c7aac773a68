import type { EventEmitter } from 'node:events'
import { toBinary } from '@bufbuild/protobuf'
import type { handleBidiStreamingCall, handleServerStreamingCall, ServerDuplexStream } from '@grpc/grpc-js'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { StreamEventsResponseSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { splitStreamRequest } from '../ingest/batch.ts'
import type { Arrival } from './arrival.ts'
import { arrivalOf, asBuffer, grpcError } from './grpc-call.ts'
import type { Doorkeeping } from './receive.ts'
import { Signal } from './signal.ts'
import { streamEvents } from './stream-events.ts'

type Call = ServerDuplexStream<Buffer, Buffer>

/** StreamEvents over gRPC. `run` is told of each stream, so that a stopping server knows what it waits for. */
export function streamCall(
  door: Doorkeeping,
  options: { stopping: AbortSignal; run: (stream: Promise<void>) => void },
): handleBidiStreamingCall<Buffer, Buffer> {
  return (call) => {
    const acknowledge = async (): Promise<void> => {
      const acknowledgements = streamEvents(door, {
        arrival: arrivalOf(call, Door.GRPC_STREAM),
        source: messagesOf(call),
        sizeOf: (bytes) => bytes.length,
        split: splitStreamRequest,
        stopping: options.stopping,
      })
      for await (const answer of acknowledgements) {
        if (call.cancelled) return
        const goesOn = call.write(asBuffer(toBinary(StreamEventsResponseSchema, answer)))
        if (!goesOn) await drained(call)
      }
      call.end()
    }
    options.run(
      acknowledge().catch((error: unknown) => {
        if (!call.cancelled) call.emit('error', grpcError(error))
      }),
    )
  }
}

/**
 * The messages of a call, read one by one as they are asked for. Left alone, the stream's own buffer would read sixteen
 * messages of up to 4 MiB ahead; so its reading waits until somebody asks. The stream's own iterator will not do: it
 * destroys the call at the 'error' by which its status is set, and acknowledgements not yet sent with it.
 */
async function* messagesOf(call: Call): AsyncGenerator<Buffer, void, undefined> {
  const readOn = call._read.bind(call)
  const changed = new Signal()
  let asked = false
  let waiting = false
  let over = false
  const goOn = (): void => {
    if (!asked || !waiting) return
    asked = waiting = false
    readOn(1)
  }
  call._read = () => {
    waiting = true
    goOn()
  }
  const end = (): void => {
    over = true
    changed.fire()
  }
  call
    .on('readable', () => changed.fire())
    .once('end', end)
    .once('close', end)
  for (;;) {
    asked = true
    goOn()
    let message = call.read() as Buffer | null
    while (message === null) {
      if (over) return
      await changed.wait()
      message = call.read() as Buffer | null
    }
    asked = false
    yield message
  }
}

type Answers = (bytes: Buffer, arrival: Arrival, signal: AbortSignal) => AsyncIterable<Uint8Array>

/** A call answered by a stream, in bytes, until the caller leaves or the server stops. */
export function serverStream(
  answers: Answers,
  options: { stopping: AbortSignal; run: (stream: Promise<void>) => void },
): handleServerStreamingCall<Buffer, Buffer> {
  return (call) => {
    const left = new AbortController()
    call.once('cancelled', () => left.abort())
    const signal = AbortSignal.any([left.signal, options.stopping])
    const answer = async (): Promise<void> => {
      for await (const bytes of answers(call.request, arrivalOf(call, Door.GRPC), signal)) {
        if (call.cancelled) return
        if (!call.write(asBuffer(bytes))) await drained(call)
      }
      call.end()
    }
    options.run(
      answer().catch((error: unknown) => {
        if (!call.cancelled) call.emit('error', grpcError(error))
      }),
    )
  }
}

/** Resolves when the call takes more, or is over: a cancelled call never drains. */
const drained = (call: EventEmitter): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      call.off('drain', done)
      call.off('close', done)
      resolve()
    }
    call.on('drain', done)
    call.on('close', done)
  })
