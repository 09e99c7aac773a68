import type { DescMethod, DescService, Message, MessageInitShape } from '@bufbuild/protobuf'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { RequestError } from '../errors.ts'
import type { Key } from '../keys.ts'
import { scopeOf } from '../permissions.ts'
import type { Arrival } from './arrival.ts'
import { authenticate } from './authenticate.ts'
import { measured } from './measures.ts'
import type { Doorkeeping } from './receive.ts'

/** Who asks, by the key, and how the gateway was called: the host as the request says it, and whether it came by HTTP. */
interface Caller {
  readonly companyId: number
  readonly siteId: number
  /** See gateway/analytics/answer.ts. */
  readonly mayExplain: boolean
  readonly host: string | undefined
  readonly byHttp: boolean
}

/** A method without its types: the doors serve all of them alike. */
type UnaryMethod = (request: Message, caller: Caller) => Promise<MessageInitShape<DescMethod['output']>>

/** A service of the contract and its methods, by their names in camel case. */
export interface Served {
  readonly service: DescService
  readonly methods: object
}

/** A unary RPC without its types: the doors serve all of them alike. */
export interface UnaryRpc {
  readonly service: DescService
  readonly method: DescMethod
  readonly answer: (request: Message, arrival: Arrival) => Promise<MessageInitShape<DescMethod['output']>>
}

/** Every RPC of a service behind the check of its key, counted in the door's figures. */
export function unaryRpcs(door: Doorkeeping, { service, methods }: Served): UnaryRpc[] {
  return service.methods.map((method) => {
    const ask = (methods as Record<string, UnaryMethod | undefined>)[method.localName]
    if (!ask) throw new Error(`${service.typeName}.${method.name} is in the contract and has no implementation`)
    const answer: UnaryRpc['answer'] = (request, arrival) =>
      measured(door, 'read', async () => {
        const key = await authenticate(door.keys, arrival, scopeOf(method))
        const started = performance.now()
        const response = await ask(request, callerOf(key, arrival)).catch((error: unknown) => {
          throw isConnectionFault(error) ? new RequestError('STORE_DOWN', undefined, { cause: error }) : error
        })
        door.measures.answered('read', performance.now() - started)
        return response
      })
    return { service, method, answer }
  })
}

const callerOf = ({ companyId, siteId, scopes }: Key, { header, door }: Arrival): Caller => ({
  companyId,
  siteId,
  mayExplain: scopes.includes('admin'),
  host: header('host') ?? header(':authority'),
  byHttp: door === Door.CONNECT,
})

/** Postgres gone or going: a socket's error, or an SQLSTATE of class 08 or 57P. */
function isConnectionFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|08\w{3}|57P\w{2})$/.test(code)
}
