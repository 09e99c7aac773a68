import { expect, test } from 'vitest'
import { readWorkerConfig } from './config.ts'

const DATABASE_URL = 'postgres://u:p@127.0.0.1:5432/userflow'

test('with Postgres alone the worker reads the embedded log of the data folder', () => {
  expect(readWorkerConfig({ DATABASE_URL, DATA_DIR: '/data' })).toMatchObject({
    databaseUrl: DATABASE_URL,
    kafkaBrokers: [],
    topic: 'userflow.events',
    partitions: 8,
    logPath: '/data/log/events.sqlite',
    metricsPort: 9_465,
  })
})

test('several brokers are named with commas', () => {
  expect(readWorkerConfig({ DATABASE_URL, KAFKA_BROKERS: 'a:9092, b:9092' }).kafkaBrokers).toEqual(['a:9092', 'b:9092'])
})

test('every problem is told at once', () => {
  const read = () => readWorkerConfig({ KAFKA_PARTITIONS: '0', WORKER_THREADS: 'many', LOG_LEVEL: 'loud' })
  expect(read).toThrow(/DATABASE_URL[\s\S]*KAFKA_PARTITIONS[\s\S]*WORKER_THREADS[\s\S]*LOG_LEVEL/)
})
