import type { DescMethod, DescService, Message, MessageInitShape } from '@bufbuild/protobuf'
import { AnalyticsService } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { PipelineService } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import type { AllReadMethods } from '../analytics/read-methods.ts'
import { RequestError } from '../errors.ts'
import type { Arrival } from './arrival.ts'
import { authenticate } from './authenticate.ts'
import { measured } from './measures.ts'
import type { Doorkeeping } from './receive.ts'

/** A method of the read side without its types: the doors serve all of them alike. */
type ReadMethod = (
  request: Message,
  caller: { readonly companyId: number },
) => Promise<MessageInitShape<DescMethod['output']>>

/** An RPC of the read side without its types: the doors serve all of them alike. */
export interface ReadRpc {
  readonly service: DescService
  readonly method: DescMethod
  readonly answer: (request: Message, arrival: Arrival) => Promise<MessageInitShape<DescMethod['output']>>
}

/** Every read RPC behind its key check, counted in the door's figures. */
export function readRpcs(door: Doorkeeping, read: AllReadMethods): ReadRpc[] {
  return [...rpcsOf(door, AnalyticsService, read.analytics), ...rpcsOf(door, PipelineService, read.pipeline)]
}

function rpcsOf(door: Doorkeeping, service: DescService, methods: object): ReadRpc[] {
  return service.methods.map((method) => {
    const ask = (methods as Record<string, ReadMethod | undefined>)[method.localName]
    if (!ask) throw new Error(`${service.typeName}.${method.name} is in the contract and has no implementation`)
    const answer: ReadRpc['answer'] = (request, arrival) =>
      measured(door, 'read', async () => {
        const key = await authenticate(door.keys, arrival, 'read')
        const started = performance.now()
        const response = await ask(request, { companyId: key.companyId }).catch((error: unknown) => {
          throw isConnectionFault(error) ? new RequestError('STORE_DOWN', undefined, { cause: error }) : error
        })
        door.measures.answered('read', performance.now() - started)
        return response
      })
    return { service, method, answer }
  })
}

/** Postgres gone or going: a socket's error, or an SQLSTATE of class 08 or 57P. */
function isConnectionFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^(ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|08\w{3}|57P\w{2})$/.test(code)
}
