import { toBinary } from '@bufbuild/protobuf'
import type { handleBidiStreamingCall, ServerDuplexStream } from '@grpc/grpc-js'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { StreamEventsResponseSchema } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { splitStreamRequest } from '../ingest/batch.ts'
import { arrivalOf, asBuffer, grpcError } from './grpc-call.ts'
import type { Doorkeeping } from './receive.ts'
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
        const goesOn = call.write(asBuffer(toBinary(StreamEventsResponseSchema, answer)))
        if (!goesOn) await drained(call)
        if (call.cancelled) return
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
 * messages of up to 4 MiB ahead of whoever pauses it; so its reading waits until the buffer is empty and somebody asks.
 */
async function* messagesOf(call: Call): AsyncGenerator<Buffer, void, undefined> {
  const readOn = call._read.bind(call)
  let asked = false
  let waiting = false
  call._read = (size) => {
    waiting = !asked
    if (asked) readOn(size)
    asked = false
  }
  const messages = call.iterator({ destroyOnReturn: false })
  for (;;) {
    asked = true
    if (waiting) {
      waiting = false
      asked = false
      readOn(1)
    }
    const next = await messages.next()
    if (next.done) return
    yield next.value as Buffer
  }
}

/** Resolves when the call takes more, or is over: a cancelled call never drains. */
const drained = (call: Call): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      call.off('drain', done)
      call.off('close', done)
      resolve()
    }
    call.on('drain', done)
    call.on('close', done)
  })
