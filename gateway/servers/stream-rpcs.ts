import type { DescMethod, DescService, Message, MessageInitShape } from '@bufbuild/protobuf'
import type { Viewer } from '../analytics/live-watch.ts'
import { permissionOf } from '../permissions.ts'
import type { Arrival } from './arrival.ts'
import { identify } from './identify.ts'
import { codeOf } from './measures.ts'
import type { Doorkeeping } from './receive.ts'
import type { Served } from './unary-rpcs.ts'

type Answer = MessageInitShape<DescMethod['output']>

/** An RPC with a stream of answers, without its types: the doors serve all of them alike. */
export interface StreamRpc {
  readonly service: DescService
  readonly method: DescMethod
  /** Ends when `signal` is aborted: the caller has left, or the gateway stops. */
  readonly answer: (request: Message, arrival: Arrival, signal: AbortSignal) => AsyncGenerator<Answer>
}

/** A method without its types. */
type Follow = (request: Message, viewer: Viewer) => AsyncGenerator<Answer>

/**
 * Every RPC of a service that answers a stream, behind the check of who asks, which is repeated while the stream is open; counted
 * in the door's figures at its end.
 */
export function streamRpcs(door: Doorkeeping, { service, streams = {} }: Served): StreamRpc[] {
  const methods = service.methods.filter(({ methodKind }) => methodKind === 'server_streaming')
  return methods.map((method) => {
    const follow = (streams as Record<string, Follow | undefined>)[method.localName]
    if (!follow) throw new Error(`${service.typeName}.${method.name} is in the contract and has no implementation`)
    return { service, method, answer: answering(door, method, follow) }
  })
}

function answering(door: Doorkeeping, method: DescMethod, follow: Follow): StreamRpc['answer'] {
  const permission = permissionOf(method)
  return async function* answer(request, arrival, signal) {
    const check = () => identify(door, arrival, permission)
    let code = 'OK'
    try {
      const { companyId } = await check()
      yield* follow(request, { companyId, signal, check })
    } catch (error) {
      code = codeOf(error)
      if (code === 'INTERNAL') door.logger.error({ err: error, door: 'live' }, 'a stream failed inside the gateway')
      throw error
    } finally {
      door.measures.ended('live', code)
    }
  }
}
