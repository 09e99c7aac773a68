import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { ConnectError } from '@connectrpc/connect'
import {
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js'
import type { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { toConnectError } from '../errors.ts'
import type { Arrival } from './arrival.ts'

/** The parts of a grpc-js call that say who calls. */
interface AnyCall {
  readonly metadata: Metadata
  getPeer(): string
  getHost(): string
}

/** What a gRPC call brings besides its messages. */
export function arrivalOf(call: AnyCall, door: Door): Arrival {
  const header = (name: string): string | undefined => {
    if (name === 'host') return call.getHost()
    const value = call.metadata.get(name)[0]
    return typeof value === 'string' ? value : undefined
  }
  // "203.0.113.7:4711" or "::1:4711": the port is what follows the last colon.
  const peer = call.getPeer()
  return { header, door, peer: peer.slice(0, Math.max(peer.lastIndexOf(':'), 0)) }
}

/** A method whose messages stay bytes: the ingest road cuts and appends them without decoding the whole. */
export function rawMethod(
  path: string,
  streams: { request: boolean; response: boolean },
): MethodDefinition<Buffer, Buffer> {
  const same = (bytes: Buffer): Buffer => bytes
  return {
    path,
    requestStream: streams.request,
    responseStream: streams.response,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  }
}

/** grpc-js copies messages by a method of Buffer; this view costs no copy. */
export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** A unary call in bytes. Whatever `work` throws is told by the catalogue. */
export function unary(door: Door, work: (bytes: Buffer, arrival: Arrival) => Promise<Uint8Array>) {
  const handle: handleUnaryCall<Buffer, Buffer> = (call, answer) => {
    work(call.request, arrivalOf(call, door)).then(
      (bytes) => answer(null, asBuffer(bytes)),
      (error: unknown) => answer(grpcError(error)),
    )
  }
  return handle
}

/** The error as grpc-js sends it: status, text, and the details of the catalogue in the trailers. */
export function grpcError(error: unknown): Error & Pick<ServiceError, keyof StatusObject> {
  const answer = toConnectError(error)
  const metadata = new Metadata()
  for (const [name, value] of answer.metadata) metadata.set(name, value)
  metadata.set('grpc-status-details-bin', asBuffer(statusOf(answer)))
  // Connect's codes are gRPC's numbers. Ill-formed text would throw where the library escapes it.
  const details = answer.rawMessage.toWellFormed()
  return Object.assign(new Error(details), { code: answer.code as number, details, metadata })
}

/** google.rpc.Status: code = 1, message = 2, details = 3, each an Any of type_url = 1 and value = 2. */
function statusOf(error: ConnectError): Uint8Array {
  const writer = new BinaryWriter().tag(1, WireType.Varint).int32(error.code)
  writer.tag(2, WireType.LengthDelimited).string(error.rawMessage.toWellFormed())
  for (const detail of error.details) {
    if (!('type' in detail)) continue
    writer.tag(3, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(`type.googleapis.com/${detail.type}`)
    writer.tag(2, WireType.LengthDelimited).bytes(detail.value).join()
  }
  return writer.finish()
}
