import { expect, test } from 'vitest'
import { readGatewayConfig } from './config.ts'

const DATABASE_URL = 'postgres://u:p@127.0.0.1:5432/userflow'

test('a database is all that has to be said', () => {
  expect(readGatewayConfig({ DATABASE_URL })).toMatchObject({
    host: '127.0.0.1',
    httpPort: 8080,
    grpcPort: 50051,
    metricsPort: 9464,
    kafkaBrokers: [],
    topic: 'userflow.events',
    partitions: 8,
    dataDir: './.data',
    trustProxy: 0,
  })
})

test('brokers are a list, and empty text is none', () => {
  const brokersOf = (KAFKA_BROKERS: string) => readGatewayConfig({ DATABASE_URL, KAFKA_BROKERS }).kafkaBrokers
  expect(brokersOf('a:9092, b:9093')).toEqual(['a:9092', 'b:9093'])
  expect(brokersOf('')).toEqual([])
})

test('every problem is named at once', () => {
  const read = () =>
    readGatewayConfig({ HTTP_PORT: '70000', KAFKA_BROKERS: 'no-port', TRUST_PROXY: '-1', LOG_LEVEL: 'loud' })
  for (const name of ['DATABASE_URL', 'HTTP_PORT', 'KAFKA_BROKERS', 'TRUST_PROXY', 'LOG_LEVEL']) {
    expect(read).toThrow(name)
  }
})

test('ports open to the world need a proxy with TLS, or somebody who says it is fine', () => {
  const open = { DATABASE_URL, HOST: '0.0.0.0' }
  expect(() => readGatewayConfig(open)).toThrow('TRUST_PROXY')
  expect(readGatewayConfig({ ...open, TRUST_PROXY: '1' }).host).toBe('0.0.0.0')
  expect(readGatewayConfig({ ...open, ALLOW_PLAINTEXT: 'yes' }).host).toBe('0.0.0.0')
  for (const HOST of ['localhost', '::1', '127.0.0.2'])
    expect(readGatewayConfig({ DATABASE_URL, HOST }).host).toBe(HOST)
})

test('a public address is an origin, with or without a slash behind it', () => {
  const publicUrlOf = (PUBLIC_URL: string) => readGatewayConfig({ DATABASE_URL, PUBLIC_URL }).publicUrl
  expect(publicUrlOf('https://Events.Example/')).toBe('https://events.example')
  expect(publicUrlOf('http://10.0.0.1:8080')).toBe('http://10.0.0.1:8080')
  expect(publicUrlOf('')).toBeUndefined()
  for (const wrong of [
    'events.example',
    'ftp://events.example',
    'https://events.example/path',
    'https://a:b@c.example',
  ]) {
    expect(() => publicUrlOf(wrong), wrong).toThrow('PUBLIC_URL')
  }
})
