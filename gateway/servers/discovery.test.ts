import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { credentials, makeClientConstructor, type ServiceDefinition } from '@grpc/grpc-js'
import { service as healthService } from 'grpc-health-check'
import { expect, onTestFinished, test } from 'vitest'
import { createRegistry } from '../../runtime/metrics.ts'
import { openGrpcDoor } from './grpc.ts'
import { createMeasures } from './measures.ts'
import type { Doorkeeping } from './receive.ts'

/** A real gRPC door with nothing behind it: discovery asks nobody else. */
async function open() {
  let tell: (ready: boolean) => void = () => undefined
  const readiness = {
    onChange: (listener: (ready: boolean) => void) => {
      tell = listener
      listener(false)
    },
  }
  const door = { readiness, measures: createMeasures(createRegistry()) } as unknown as Doorkeeping
  const opened = await openGrpcDoor({ door, rpcs: [], streams: [], address: { host: '127.0.0.1', port: 0 } })
  onTestFinished(() => opened[Symbol.asyncDispose]())
  return { port: opened.port, tell: (ready: boolean) => tell(ready) }
}

test('a client without our schema finds services and their messages by reflection', async () => {
  const { port } = await open()
  const buf = fileURLToPath(new URL('../../node_modules/.bin/buf', import.meta.url))
  const ask = async (...words: string[]) =>
    (await promisify(execFile)(buf, ['curl', '--protocol', 'grpc', '--http2-prior-knowledge', ...words])).stdout
  const url = `http://127.0.0.1:${port}`
  const services = (await ask('--list-services', url)).trim().split('\n')
  expect(services).toEqual(
    ['Admin', 'Analytics', 'Ingest', 'People', 'Pipeline', 'Schema', 'Segment', 'User'].map(
      (name) => `userflow.v1.${name}Service`,
    ),
  )
  const path = `${url}/userflow.v1.IngestService/RecordEvents`
  // It could only be sent because the schema said what an event is, google.protobuf.Struct included.
  const sent = ask('-d', '{"events":[{"click":{},"properties":{"plan":"pro"}}]}', path)
  await expect(sent).rejects.toThrow('A key is needed')
})

test('health follows readiness, for the server and for each service', async () => {
  const { port, tell } = await open()
  const Health = makeClientConstructor(healthService as unknown as ServiceDefinition, 'Health')
  const client = new Health(`127.0.0.1:${port}`, credentials.createInsecure())
  onTestFinished(() => client.close())
  const check = (service: string) =>
    new Promise((resolve) =>
      client.check?.({ service }, (error: unknown, answer: { status: string }) => resolve(answer?.status ?? error)),
    )
  expect(await check('')).toBe('NOT_SERVING')
  tell(true)
  expect(await check('')).toBe('SERVING')
  expect(await check('userflow.v1.IngestService')).toBe('SERVING')
  tell(false)
  expect(await check('userflow.v1.IngestService')).toBe('NOT_SERVING')
})
