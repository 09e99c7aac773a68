import { resolve } from 'node:path'
import { z } from 'zod'
import { isGuessable } from '../../gateway/people/check-person.ts'
import { type Env, port, readEnv } from '../../runtime/env.ts'

/** What `npm start` itself needs to know; gateway and worker read their own variables from the same environment. */
export interface StartConfig {
  readonly dataDir: string
  /** Postgres to use; absent: the embedded one below the data folder. */
  readonly databaseUrl: string | undefined
  readonly postgresPort: number
  readonly onKafka: boolean
  /** The worker's own figures stand one port above the gateway's; 0: any free one, for both. */
  readonly workerMetricsPort: number
  readonly writeKey: string | undefined
  readonly secretKey: string | undefined
  readonly adminEmail: string | undefined
  readonly adminPassword: string | undefined
}

const key = z.string().min(16, 'has fewer than 16 characters; take one from: openssl rand -base64 32').optional()

const shape = {
  DATA_DIR: z.string().default('./.data'),
  DATABASE_URL: z.string().optional(),
  POSTGRES_PORT: port(0),
  KAFKA_BROKERS: z.string().optional(),
  METRICS_PORT: port(9464),
  BOOTSTRAP_WRITE_KEY: key,
  BOOTSTRAP_SECRET_KEY: key,
  BOOTSTRAP_ADMIN_EMAIL: z
    .string()
    .regex(/^[^\s@]+@[^\s@]+$/, 'must be an address such as ada@example.com')
    .optional(),
  BOOTSTRAP_ADMIN_PASSWORD: z
    .string()
    .refine(
      (text) => !isGuessable(text, ''),
      'has fewer than 10 characters, or is one of the first that somebody would guess',
    )
    .optional(),
}

/** Names of the variables `npm start` itself reads; `docs/configuration.md` is tested against them. */
export const startVariables: readonly string[] = Object.keys(shape)

/** Reads the variables of `npm start`; pure. @throws ConfigError listing every problem. */
export function readStartConfig(env: Env): StartConfig {
  const read = readEnv(env, shape)
  return {
    dataDir: resolve(read.DATA_DIR),
    databaseUrl: read.DATABASE_URL,
    postgresPort: read.POSTGRES_PORT,
    onKafka: read.KAFKA_BROKERS !== undefined,
    workerMetricsPort: read.METRICS_PORT === 0 ? 0 : read.METRICS_PORT + 1,
    writeKey: read.BOOTSTRAP_WRITE_KEY,
    secretKey: read.BOOTSTRAP_SECRET_KEY,
    adminEmail: read.BOOTSTRAP_ADMIN_EMAIL,
    adminPassword: read.BOOTSTRAP_ADMIN_PASSWORD,
  }
}
