import { ResponderBuilder, ServerInterceptingCall, type ServerInterceptor, ServerListenerBuilder } from '@grpc/grpc-js'
import { RequestError } from '../errors.ts'
import { grpcError } from './grpc-call.ts'

/** A whole request arrives within this, at every door; a trickled one would hold its memory for ever. */
export const mostArrivalMs = 30_000

/** Ends unary gRPC calls whose message does not arrive in time. Streams stay open; keepalive watches over those. */
export const arriveInTime: ServerInterceptor = (method, call) => {
  if (method.requestStream) return new ServerInterceptingCall(call)
  let timer: NodeJS.Timeout | undefined
  const listener = new ServerListenerBuilder()
    .withOnReceiveMetadata((metadata, next) => {
      timer = setTimeout(() => call.sendStatus(grpcError(new RequestError('REQUEST_INCOMPLETE'))), mostArrivalMs)
      next(metadata)
    })
    .withOnReceiveMessage((message, next) => {
      clearTimeout(timer)
      next(message)
    })
    .withOnCancel(() => clearTimeout(timer))
    .build()
  return new ServerInterceptingCall(call, new ResponderBuilder().withStart((next) => next(listener)).build())
}
