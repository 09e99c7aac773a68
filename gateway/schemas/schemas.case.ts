import { randomUUID } from 'node:crypto'
import type { DescMethodUnary, JsonObject, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import { callMethod } from '../../clients/node/call.ts'
import { IngestService, type RecordEventsResponse } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { SchemaService } from '../../proto/gen/userflow/v1/schemas_pb.ts'
import { postTo, startTestGateway, type TestGateway } from '../../test/support/gateway.ts'
import { startTestWorker, storedToTheEnd, type testThreads } from '../../test/support/worker.ts'

/** A gateway and a worker behind it, with the calls that tests of schemas make. */
export interface SchemaGround extends TestGateway {
  readonly put: Call<typeof SchemaService.method.putSchema>
  readonly mode: Call<typeof SchemaService.method.setSchemaMode>
  readonly try: Call<typeof SchemaService.method.trySchema>
  readonly list: () => Promise<MessageShape<typeof SchemaService.method.listSchemas.output>['schemas']>
  /** Sends custom events of a name, with these properties each. */
  send(name: string, properties: readonly JsonObject[]): Promise<RecordEventsResponse>
  /** Waits until everything sent is stored. */
  stored(): Promise<void>
}

type Call<M extends DescMethodUnary> = (request: MessageInitShape<M['input']>) => Promise<MessageShape<M['output']>>

/** Starts them; everything is released on disposal. Threads are the test file's, as they take a second to start. */
export async function schemaGround(threads: ReturnType<typeof testThreads>): Promise<SchemaGround> {
  await using opened = new AsyncDisposableStack()
  const it = opened.use(await startTestGateway())
  opened.use(await startTestWorker({ url: it.databaseUrl, log: it.log, threads }))
  const on = { address: it.grpc, key: it.secretKey }
  const { putSchema, setSchemaMode, trySchema, listSchemas } = SchemaService.method
  const all = opened.move()
  return {
    ...it,
    put: (request) => callMethod(on, putSchema, request),
    mode: (request) => callMethod(on, setSchemaMode, request),
    try: (request) => callMethod(on, trySchema, request),
    list: async () => (await callMethod(on, listSchemas, {})).schemas,
    send: (name, list) =>
      callMethod({ ...on, key: it.writeKey }, IngestService.method.recordEvents, {
        events: list.map((properties) => ({
          eventId: randomUUID(),
          visitorId: 'v1',
          action: { case: 'custom' as const, value: { name } },
          properties,
        })),
      }),
    stored: () => storedToTheEnd(it.db, it.log),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** Calls a method of SchemaService in JSON; answers status, code and body. */
export const askInJson = (it: TestGateway, method: string, body: unknown, key = it.secretKey) =>
  postTo(`${it.http}/userflow.v1.SchemaService/${method}`, body, { 'x-api-key': key })
