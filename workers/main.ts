import { openEmbeddedLog } from '../eventlog/embedded.ts'
import type { EventLog } from '../eventlog/eventlog.ts'
import { openKafkaLog } from '../eventlog/kafka.ts'
import { processEnv } from '../runtime/env.ts'
import { stopOnSignal } from '../runtime/lifecycle.ts'
import { createLogger, type Logger } from '../runtime/logger.ts'
import { createRegistry, serveMetrics } from '../runtime/metrics.ts'
import { retry } from '../runtime/retry.ts'
import { readWorkerConfig, type WorkerConfig } from './config.ts'
import { createWorkerFigures } from './figures.ts'
import type { Job } from './jobs/jobs.ts'
import { trimLog } from './jobs/trim-log.ts'
import { findGeoipFiles } from './threads/geoip-files.ts'
import { createThreads } from './threads/pool.ts'
import { startWorkers } from './workers.ts'

/** Log and Postgres may come up after the worker; after this many tries the supervisor is told by the exit code. */
const startAttempts = 10
/** A stop that takes longer is abandoned: what was not committed is read again by the next owner. In ms. */
const stopWithinMs = 8_000

async function main(): Promise<void> {
  const config = readWorkerConfig(processEnv())
  const logger = createLogger('worker', config.logLevel)
  await using started = new AsyncDisposableStack()
  const registry = createRegistry()
  const metrics = started.use(await serveMetrics(registry, { host: config.host, port: config.metricsPort }))
  const threads = started.use(
    createThreads({ threads: config.threads, geoip: findGeoipFiles(config.geoipPath), logger }),
  )
  const { log, logJobs } = await patiently(logger, () => openLog(config, logger))
  started.use(log)
  const onCrash = (error: Error): void => {
    logger.fatal({ err: error }, 'the log cannot be read any more; ending, so that a new process starts')
    process.exit(1)
  }
  // Made once, whatever the number of attempts: a name can be registered only once.
  const figures = createWorkerFigures(registry)
  const deps = { log, threads, figures, logger, logJobs, onCrash }
  started.use(await patiently(logger, () => startWorkers(config, deps)))
  const running = started.move()
  stopOnSignal({ stop: () => running.disposeAsync(), withinMs: stopWithinMs, logger })
  logger.info({ topic: config.topic, partitions: config.partitions, workerId: config.workerId }, 'worker ready')
  process.send?.({ ready: true, metrics: metrics.port })
}

async function openLog(config: WorkerConfig, logger: Logger): Promise<{ log: EventLog; logJobs: readonly Job[] }> {
  const { kafkaBrokers: brokers, topic, partitions } = config
  if (brokers.length > 0) {
    const log = await openKafkaLog({ brokers, topic, partitions, clientId: config.workerId, logger })
    return { log, logJobs: [] }
  }
  const log = await openEmbeddedLog({ path: config.logPath, topic, partitions })
  return { log, logJobs: [trimLog(log)] }
}

function patiently<T>(logger: Logger, work: () => Promise<T>): Promise<T> {
  return retry(work, {
    attempts: startAttempts,
    firstMs: 200,
    mostMs: 3_000,
    onRetry: (error, attempt) => logger.warn({ err: error, attempt }, 'the worker cannot start yet'),
  })
}

await main()
