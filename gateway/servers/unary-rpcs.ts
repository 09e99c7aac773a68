import type { DescMethod, DescService, Message, MessageInitShape } from '@bufbuild/protobuf'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { RequestError } from '../errors.ts'
import { keptIp, normaliseIp } from '../ingest/ip-address.ts'
import { boundsOf, withinLock, withoutSql } from '../links/within-lock.ts'
import type { Audit } from '../people/audit.ts'
import { permissionOf } from '../permissions.ts'
import type { Who } from '../who.ts'
import { type Arrival, clientAddress } from './arrival.ts'
import { identify } from './identify.ts'
import { measured } from './measures.ts'
import type { Doorkeeping } from './receive.ts'

/** Who asks, by key or token, and how the gateway was called: the host as the request says it, and whether it came by HTTP. */
interface Caller {
  readonly companyId: number
  readonly siteId: number
  /** See gateway/analytics/answer.ts. */
  readonly mayExplain: boolean
  readonly host: string | undefined
  readonly byHttp: boolean
  /** See gateway/people/caller.ts. */
  readonly who: Who
  readonly address: string
  readonly network: string
  readonly header: (name: string) => string | undefined
  readonly setCookie: ((cookie: string) => void) | undefined
}

/** A method without its types: the doors serve all of them alike. */
type UnaryMethod = (request: Message, caller: Caller) => Promise<MessageInitShape<DescMethod['output']>>

/** A service of the contract and its methods, by their names in camel case. */
export interface Served {
  readonly service: DescService
  readonly methods: object
  /** Those that answer a stream. */
  readonly streams?: object
}

/** A unary RPC without its types: the doors serve all of them alike. */
export interface UnaryRpc {
  readonly service: DescService
  readonly method: DescMethod
  readonly answer: (request: Message, arrival: Arrival) => Promise<MessageInitShape<DescMethod['output']>>
}

/** What serves a service's methods. */
interface Serving {
  readonly door: Doorkeeping
  readonly audit: Audit
}

/** Every unary RPC of a service behind the check of who asks, counted in the door's figures; what changes something is noted. */
export function unaryRpcs({ door, audit }: Serving, { service, methods }: Served): UnaryRpc[] {
  const unary = service.methods.filter(({ methodKind }) => methodKind === 'unary')
  return unary.map((method) => {
    const ask = (methods as Record<string, UnaryMethod | undefined>)[method.localName]
    if (!ask) throw new Error(`${service.typeName}.${method.name} is in the contract and has no implementation`)
    const permission = permissionOf(method)
    if (permission.shared && !boundsOf(method.input))
      throw new Error(`${method.name} cannot be bounded by a shared link`)
    const answer: UnaryRpc['answer'] = (request, arrival) =>
      measured(door, 'read', async () => {
        const caller = callerOf(await identify(door, arrival, permission), arrival, door.trustProxy)
        const started = performance.now()
        const work = () => askWithin(caller.who, { method, request }, (asked) => ask(asked, caller))
        const response = await (permission.changes ? audit.noted({ method, request, caller }, work) : work()).catch(
          (error: unknown) => {
            throw isConnectionFault(error) ? new RequestError('STORE_DOWN', undefined, { cause: error }) : error
          },
        )
        door.measures.answered('read', performance.now() - started)
        return response
      })
    return { service, method, answer }
  })
}

/** Asks; with a shared link for nothing but what it lets through. */
async function askWithin(
  who: Who,
  { method, request }: { method: DescMethod; request: Message },
  ask: (request: Message) => ReturnType<UnaryMethod>,
): ReturnType<UnaryMethod> {
  if (who.kind !== 'link') return ask(request)
  return withoutSql(method.output, await ask(withinLock(method.input, request, who.lock)))
}

function callerOf(who: Who, arrival: Arrival, trustProxy: number): Caller {
  const { header, door, setCookie } = arrival
  const address = clientAddress(arrival, trustProxy)
  return {
    companyId: who.companyId,
    siteId: who.kind === 'key' ? who.siteId : 0,
    mayExplain: who.kind === 'key' ? who.admin : who.kind === 'person' && who.role === 'admin',
    host: header('host') ?? header(':authority'),
    byHttp: door === Door.CONNECT,
    who,
    address,
    network: keptIp(normaliseIp(address), 'cut'),
    header,
    setCookie,
  }
}

/** Postgres gone or going: a socket's error, or an SQLSTATE of class 08 or 57P. */
function isConnectionFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|08\w{3}|57P\w{2})$/.test(code)
}
