import { isIP } from 'node:net'
import { z } from 'zod'
import { brokerList, ConfigError, type Env, logLevel, port, readEnv, topicName, whole } from '../runtime/env.ts'

/** What a gateway needs to know to start. Sizes in bytes, times in milliseconds. */
export interface GatewayConfig {
  /** Address all ports listen on. */
  readonly host: string
  readonly httpPort: number
  readonly grpcPort: number
  readonly metricsPort: number
  readonly databaseUrl: string
  /** `host:port` of Kafka brokers; empty: the embedded log in `dataDir`. */
  readonly kafkaBrokers: readonly string[]
  readonly topic: string
  readonly partitions: number
  readonly dataDir: string
  /** Memory all requests under way may hold together. */
  readonly admissionBudgetBytes: number
  /** Proxies of ours in front of the gateway; 0: the socket's other end is the visitor. */
  readonly trustProxy: number
  /** Origin by which browsers reach the HTTP port, such as "https://events.example.com"; absent: as a request calls it. */
  readonly publicUrl?: string
  /** Memory that answers are kept in, to be given again while they are still so; 0: none. */
  readonly answerCacheBytes: number
  /** Redis or Valkey in which gateways share answers; absent: none. May hold a password. */
  readonly answerCacheUrl?: string
  /** Where Grafana is, without a slash at the end; absent: the console links to none. */
  readonly grafanaUrl?: string
  /** Path of the module that makes traffic; absent: none is made. */
  readonly simulator?: string
  readonly logLevel: string
}

const megabyte = 1024 * 1024

const shape = {
  HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port(8080),
  GRPC_PORT: port(50_051),
  METRICS_PORT: port(9464),
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'is needed: postgres://user:password@host:5432/database',
  }),
  KAFKA_BROKERS: brokerList(),
  KAFKA_TOPIC: topicName(),
  KAFKA_PARTITIONS: whole({ min: 1, max: 1_000, fallback: 8 }),
  DATA_DIR: z.string().default('./.data'),
  ADMISSION_BUDGET_BYTES: whole({ min: 40 * megabyte, max: 64 * 1024 * megabyte, fallback: 128 * megabyte }),
  TRUST_PROXY: whole({ min: 0, max: 10, fallback: 0 }),
  PUBLIC_URL: z
    .string()
    .refine(isOrigin, 'must be an origin such as https://events.example.com, without path, query and user')
    .transform((url) => new URL(url).origin)
    .optional(),
  ALLOW_PLAINTEXT: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
  ANSWER_CACHE_BYTES: whole({ min: 0, max: 16 * 1024 * megabyte, fallback: 32 * megabyte }),
  ANSWER_CACHE_URL: z
    .url({
      protocol: /^rediss?$/,
      error: 'must be an address such as redis://host:6379 or rediss://user:password@host:6379',
    })
    .optional(),
  GRAFANA_URL: z
    .url({ protocol: /^https?$/, error: 'must be an address such as https://grafana.example.com' })
    .refine((url) => !/[?#]/.test(url), 'must have no query and no fragment')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  SIMULATOR_MODULE: z.string().optional(),
  LOG_LEVEL: logLevel(),
}

/** Names of the variables a gateway reads; `docs/configuration.md` is tested against them. */
export const gatewayVariables: readonly string[] = Object.keys(shape)

/**
 * Reads the variables of a gateway.
 * @throws ConfigError naming every problem at once, unsafe combinations included
 */
export function readGatewayConfig(env: Env): GatewayConfig {
  const read = readEnv(env, shape)
  if (!isLoopback(read.HOST) && read.TRUST_PROXY === 0 && read.ALLOW_PLAINTEXT === 'no') {
    throw new ConfigError(
      `The configuration has 1 problem(s):\n  HOST: ${read.HOST} takes connections from outside without TLS. ` +
        'Put a proxy with TLS in front and say how many there are in TRUST_PROXY, ' +
        'or set ALLOW_PLAINTEXT=yes where the network itself is private.',
    )
  }
  return {
    host: read.HOST,
    httpPort: read.HTTP_PORT,
    grpcPort: read.GRPC_PORT,
    metricsPort: read.METRICS_PORT,
    databaseUrl: read.DATABASE_URL,
    kafkaBrokers: read.KAFKA_BROKERS,
    topic: read.KAFKA_TOPIC,
    partitions: read.KAFKA_PARTITIONS,
    dataDir: read.DATA_DIR,
    admissionBudgetBytes: read.ADMISSION_BUDGET_BYTES,
    trustProxy: read.TRUST_PROXY,
    answerCacheBytes: read.ANSWER_CACHE_BYTES,
    logLevel: read.LOG_LEVEL,
    ...(read.PUBLIC_URL === undefined ? {} : { publicUrl: read.PUBLIC_URL }),
    ...(read.GRAFANA_URL === undefined ? {} : { grafanaUrl: read.GRAFANA_URL }),
    ...(read.SIMULATOR_MODULE === undefined ? {} : { simulator: read.SIMULATOR_MODULE }),
    ...(read.ANSWER_CACHE_URL === undefined ? {} : { answerCacheUrl: read.ANSWER_CACHE_URL }),
  }
}

/** A declaration, as the shape above needs it before this line runs. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[^/?#@\s]+\/?$/i.test(text) && URL.canParse(text)
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
