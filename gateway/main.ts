import { join } from 'node:path'
import { openEmbeddedLog } from '../eventlog/embedded.ts'
import type { EventLog } from '../eventlog/eventlog.ts'
import { openKafkaLog } from '../eventlog/kafka.ts'
import { processEnv } from '../runtime/env.ts'
import { stopOnSignal } from '../runtime/lifecycle.ts'
import { createLogger, type Logger } from '../runtime/logger.ts'
import { collectSeldom, giveBackMemory } from '../runtime/memory.ts'
import { createRegistry } from '../runtime/metrics.ts'
import { retry } from '../runtime/retry.ts'
import { openDatabase } from '../sql/database.ts'
import { type GatewayConfig, readGatewayConfig } from './config.ts'
import { startGateway } from './gateway.ts'
import { createSimulator } from './installation/simulator.ts'

/** The log may come up after the gateway; after this many tries the supervisor is told by the exit code. */
const startAttempts = 10
/** Keys, salts and questions; ingest itself does not wait for Postgres. */
const databaseConnections = 10
/** Longer than any question may take by its own limit. */
const queryTimeoutMs = 20_000
/** An orchestrator's usual patience is 30 s. */
const stopWithinMs = 24_000

async function main(): Promise<void> {
  const config = readGatewayConfig(processEnv())
  const logger = createLogger('gateway', config.logLevel)
  await using started = new AsyncDisposableStack()
  const registry = createRegistry()
  const db = started.use(
    openDatabase({
      url: config.databaseUrl,
      maxConnections: databaseConnections,
      queryTimeoutMs,
      applicationName: 'userflow-gateway',
      logger,
    }),
  )
  const log = started.use(
    await retry(() => openLog(config, logger), {
      attempts: startAttempts,
      firstMs: 200,
      mostMs: 3_000,
      onRetry: (error, attempt) => logger.warn({ err: error, attempt }, 'the gateway cannot open the log yet'),
    }),
  )
  const simulate = config.simulator ? { simulate: createSimulator(config.simulator, logger) } : {}
  const gateway = started.use(await startGateway(config, { log, db, registry, logger, ...simulate }))
  const running = started.move()
  giveBackMemory()
  collectSeldom()
  stopOnSignal({ stop: () => running.disposeAsync(), withinMs: stopWithinMs, logger })
  const { httpPort: http, grpcPort: grpc, metricsPort: metrics } = gateway
  logger.info({ host: config.host, http, grpc, metrics, topic: config.topic }, 'gateway ready')
  process.send?.({ ready: true, http, grpc, metrics })
}

function openLog(config: GatewayConfig, logger: Logger): Promise<EventLog> {
  const { kafkaBrokers: brokers, topic, partitions, dataDir } = config
  if (brokers.length > 0) {
    return openKafkaLog({ brokers, topic, partitions, clientId: 'userflow-gateway', logger })
  }
  return openEmbeddedLog({ path: join(dataDir, 'log', 'events.sqlite'), topic, partitions })
}

await main()
