import { Redis } from 'ioredis'
import type { Logger } from '../../runtime/logger.ts'
import { Counter, type Registry } from '../../runtime/metrics.ts'
import { type CacheTier, mostAgeMs } from './tier.ts'

/** A cache in the network that does not answer at once is of no use: Postgres would have answered. */
const answerWithinMs = 100
const connectWithinMs = 1_000
const reconnectAfterMs = 1_000
/** After a failure the cache is left alone for so long, so that a hanging one costs one question in a while, and not each. */
const restMs = 5_000
/** Larger answers are kept in memory only. */
const mostValueBytes = 1024 * 1024
const prefix = 'userflow:answer:1:'

/**
 * Answers kept in Redis or Valkey, for all gateways. Whatever happens there costs no answer: what fails or takes too long is
 * a miss. `url` is redis:// or rediss://; it may hold a password and is never logged.
 */
export function openSharedTier(options: {
  url: string
  logger: Logger
  registry: Registry
}): CacheTier & AsyncDisposable {
  const { url, logger, registry } = options
  const failures = new Counter({
    name: 'userflow_answer_cache_failures_total',
    help: 'Times the shared cache of answers did not answer, in time or at all.',
    registers: [registry],
  })
  const client = new Redis(url, {
    commandTimeout: answerWithinMs,
    connectTimeout: connectWithinMs,
    // Nothing waits for a connection: the question is answered without.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => reconnectAfterMs,
  })
  let restsUntilMs = 0
  let isDown = false
  const fail = (error: unknown): undefined => {
    failures.inc()
    restsUntilMs = performance.now() + restMs
    if (!isDown)
      logger.warn({ why: whyOf(error) }, 'the shared cache of answers does not answer; answers come without it')
    isDown = true
    return undefined
  }
  const tried = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    if (performance.now() < restsUntilMs || client.status !== 'ready') return undefined
    try {
      const done = await work()
      isDown = false
      return done
    } catch (error) {
      return fail(error)
    }
  }
  // Told by the commands that fail; without a listener each lost connection would be printed.
  client.on('error', (error) => {
    if (!isDown) fail(error)
  })
  return {
    async get(key) {
      return (await tried(() => client.getBuffer(prefix + key))) ?? undefined
    },
    async set(key, bytes) {
      if (bytes.length > mostValueBytes) return
      await tried(() => client.set(prefix + key, Buffer.from(bytes), 'PX', mostAgeMs))
    },
    async [Symbol.asyncDispose]() {
      client.disconnect()
    },
  }
}

const whyOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
