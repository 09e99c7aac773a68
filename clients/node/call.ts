import {
  create,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf'
import { Client, credentials, Metadata } from '@grpc/grpc-js'

/** Where to ask, and with which key. */
export interface CallOptions {
  /** host:port of the gRPC door. */
  readonly address: string
  readonly key: string
  /** Default 15,000. */
  readonly deadlineMs?: number
}

/**
 * Calls one unary method of the contract, such as `PipelineService.method.balance`.
 * @throws Error naming the method, with the gRPC fault as its cause.
 */
export async function callMethod<I extends DescMethodUnary>(
  options: CallOptions,
  method: I,
  request: MessageInitShape<I['input']>,
): Promise<MessageShape<I['output']>> {
  const client = new Client(options.address, credentials.createInsecure())
  const metadata = new Metadata()
  metadata.set('x-api-key', options.key)
  try {
    return await new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        `/${method.parent.typeName}/${method.name}`,
        (message: MessageShape<I['input']>) => Buffer.from(toBinary(method.input, message)),
        (bytes) => fromBinary(method.output, bytes) as MessageShape<I['output']>,
        create(method.input, request) as MessageShape<I['input']>,
        metadata,
        { deadline: Date.now() + (options.deadlineMs ?? 15_000) },
        (error, answer) => (answer ? resolve(answer) : reject(error ?? new Error('no answer'))),
      )
    })
  } catch (cause) {
    throw new Error(`${method.name} failed: ${(cause as Error).message}`, { cause })
  } finally {
    client.close()
  }
}
