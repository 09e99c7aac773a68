import { availableParallelism, hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { brokerList, type Env, logLevel, port, readEnv, topicName, whole } from '../runtime/env.ts'

/** The worker's configuration; docs/configuration.md describes its variables. */
export interface WorkerConfig {
  readonly databaseUrl: string
  /** Kafka's brokers; empty: the embedded log. */
  readonly kafkaBrokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  /** File of the embedded log. */
  readonly logPath: string
  readonly threads: number
  /** A city database in MaxMind's format; absent: the one installed with the package, if any. */
  readonly geoipPath: string | undefined
  readonly host: string
  readonly metricsPort: number
  readonly logLevel: string
  /** Names this process among the workers; another one after every start, so that no process meets its own ghost. */
  readonly workerId: string
}

const shape = {
  DATABASE_URL: z.string({ error: 'is missing: the URL of Postgres, postgres://user:password@host:5432/name' }),
  KAFKA_BROKERS: brokerList(),
  KAFKA_TOPIC: topicName(),
  KAFKA_PARTITIONS: whole({ min: 1, max: 1_000, fallback: 8 }),
  DATA_DIR: z.string().default('./.data'),
  WORKER_THREADS: whole({ min: 1, max: 64, fallback: Math.max(1, availableParallelism() - 1) }),
  GEOIP_DB: z.string().optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: port(9_465),
  LOG_LEVEL: logLevel(),
}

/** Names of the variables a worker reads; `docs/configuration.md` is tested against them. */
export const workerVariables: readonly string[] = Object.keys(shape)

/**
 * Reads the worker's variables; pure but for the machine's cores and name. @throws ConfigError listing every problem.
 */
export function readWorkerConfig(env: Env): WorkerConfig {
  const read = readEnv(env, shape)
  return {
    databaseUrl: read.DATABASE_URL,
    kafkaBrokers: read.KAFKA_BROKERS,
    topic: read.KAFKA_TOPIC,
    partitions: read.KAFKA_PARTITIONS,
    logPath: join(read.DATA_DIR, 'log', 'events.sqlite'),
    threads: read.WORKER_THREADS,
    geoipPath: read.GEOIP_DB,
    host: read.METRICS_HOST,
    metricsPort: read.METRICS_PORT,
    logLevel: read.LOG_LEVEL,
    workerId: `${hostname()}-${process.pid}-${Date.now().toString(36)}`,
  }
}
