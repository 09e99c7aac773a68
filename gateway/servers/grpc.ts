import { create, type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import { Server, ServerCredentials, type ServerOptions, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { HealthImplementation } from 'grpc-health-check'
import { file_userflow_v1_admin } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { file_userflow_v1_analytics } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import {
  file_userflow_v1_ingest,
  IngestService,
  RecordEventsResponseSchema,
} from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { file_userflow_v1_people } from '../../proto/gen/userflow/v1/people_pb.ts'
import { file_userflow_v1_pipeline } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { file_userflow_v1_schemas } from '../../proto/gen/userflow/v1/schemas_pb.ts'
import { file_userflow_v1_segments } from '../../proto/gen/userflow/v1/segments_pb.ts'
import { file_userflow_v1_users } from '../../proto/gen/userflow/v1/users_pb.ts'
import { RequestError } from '../errors.ts'
import { splitRecordRequest } from '../ingest/batch.ts'
import { type Arrival, senderOf } from './arrival.ts'
import { authenticate } from './authenticate.ts'
import { rawMethod, unary } from './grpc-call.ts'
import { serverStream, streamCall } from './grpc-stream.ts'
import { measured } from './measures.ts'
import { type DoorAddress, type DoorOptions, type OpenDoor, within } from './open-door.ts'
import { admit, type Doorkeeping, mostRequestBytes, receive } from './receive.ts'
import { addReflection } from './reflection.ts'
import { arriveInTime } from './slow-requests.ts'
import type { StreamRpc } from './stream-rpcs.ts'
import type { UnaryRpc } from './unary-rpcs.ts'

/** Where the services of the contract are. */
const files = [
  file_userflow_v1_ingest,
  file_userflow_v1_analytics,
  file_userflow_v1_pipeline,
  file_userflow_v1_admin,
  file_userflow_v1_people,
  file_userflow_v1_schemas,
  file_userflow_v1_segments,
  file_userflow_v1_users,
]

/** grpc-js leaves all of these unlimited, or generous, when they are not said. */
const limits: ServerOptions = {
  // Also the limit after decompression: the library counts while it inflates and stops there.
  'grpc.max_receive_message_length': mostRequestBytes,
  'grpc.max_concurrent_streams': 256,
  // Megabytes of HTTP/2 state a connection; Node's own default of 10 is too little for a few 4 MiB messages.
  'grpc-node.max_session_memory': 64,
  // Connections move to new gateways within half an hour of a scale-out; streams reconnect and resend what is open.
  'grpc.max_connection_age_ms': 30 * 60_000,
  'grpc.max_connection_age_grace_ms': 60_000,
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
  interceptors: [arriveInTime],
}

/** Opens the gRPC door: events in bulk and in streams, questions, health and reflection. */
export async function openGrpcDoor({ door, rpcs, streams, address }: DoorOptions): Promise<OpenDoor> {
  const server = new Server(limits)
  const stopping = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  const run = <T>(work: Promise<T>): Promise<T> => {
    const settled: Promise<unknown> = work.then(noop, noop).then(() => underWay.delete(settled))
    underWay.add(settled)
    return work
  }
  addIngest(server, door, { stopping: stopping.signal, run })
  for (const rpc of rpcs) addUnary(server, rpc, run)
  for (const rpc of streams) addStream(server, rpc, { stopping: stopping.signal, run })
  addHealth(server, door)
  addReflection(server, files)
  const port = await bind(server, address)
  return {
    port,
    async drain(withinMs) {
      stopping.abort()
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
      // Watchers of health and reflection never end by themselves, so only our own calls are waited for.
      await within(withinMs, Promise.race([closed, Promise.all(underWay).then(() => within(flushMs, closed))]))
      server.forceShutdown()
    },
    async [Symbol.asyncDispose]() {
      server.forceShutdown()
    },
  }
}

/** For the last answers to leave the sockets. */
const flushMs = 500
const noop = (): void => undefined

type Run = <T>(work: Promise<T>) => Promise<T>

function addIngest(server: Server, door: Doorkeeping, options: { stopping: AbortSignal; run: Run }): void {
  const recordEvents = unary(Door.GRPC, (bytes, arrival) => {
    const record = measured(door, 'grpc', async () => {
      const key = await authenticate(door.keys, arrival, 'ingest')
      const admitted = admit(door.admission, key.companyId, bytes.length)
      try {
        const sender = senderOf(key, arrival, door.trustProxy)
        const body = { bytes: bytes.length, split: () => splitRecordRequest(bytes) }
        return toBinary(RecordEventsResponseSchema, await receive(door, sender, body))
      } finally {
        admitted.release()
      }
    })
    return options.run(record)
  })
  const path = `/${IngestService.typeName}/`
  server.addService(
    {
      recordEvents: rawMethod(`${path}RecordEvents`, { request: false, response: false }),
      streamEvents: rawMethod(`${path}StreamEvents`, { request: true, response: true }),
    },
    { recordEvents, streamEvents: streamCall(door, options) } as UntypedServiceImplementation,
  )
}

function addUnary(server: Server, rpc: UnaryRpc, run: Run): void {
  const { service, method } = rpc
  const answer = unary(Door.GRPC, (bytes, arrival) => {
    const ask = async (): Promise<Uint8Array> => {
      const response = await rpc.answer(decode(method.input, bytes), arrival)
      return toBinary(method.output, create(method.output, response))
    }
    return run(ask())
  })
  const path = `/${service.typeName}/${method.name}`
  server.addService({ [method.name]: rawMethod(path, { request: false, response: false }) }, { [method.name]: answer })
}

function addStream(server: Server, rpc: StreamRpc, options: { stopping: AbortSignal; run: Run }): void {
  const { service, method } = rpc
  const answers = async function* (bytes: Buffer, arrival: Arrival, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const answer of rpc.answer(decode(method.input, bytes), arrival, signal)) {
      yield toBinary(method.output, create(method.output, answer))
    }
  }
  const path = `/${service.typeName}/${method.name}`
  const handlers = { [method.name]: serverStream(answers, options) }
  server.addService({ [method.name]: rawMethod(path, { request: false, response: true }) }, handlers)
}

function decode(input: DescMessage, bytes: Uint8Array): Message {
  try {
    return fromBinary(input, bytes)
  } catch (error) {
    throw new RequestError('REQUEST_UNDECODABLE', undefined, { cause: error })
  }
}

/** Health follows readiness, for the server as a whole and for each service. */
function addHealth(server: Server, door: Doorkeeping): void {
  const health = new HealthImplementation()
  const names = ['', ...files.flatMap((file) => file.services.map((service) => service.typeName))]
  door.readiness.onChange((ready) => {
    for (const name of names) health.setStatus(name, ready ? 'SERVING' : 'NOT_SERVING')
  })
  health.addToServer(server)
}

function bind(server: Server, { host, port }: DoorAddress): Promise<number> {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  return new Promise((resolve, reject) => {
    server.bindAsync(where, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(new Error(`The gRPC door cannot listen on ${where}`, { cause: error }))
      else resolve(bound)
    })
  })
}
