import type { EventLog } from '../eventlog/eventlog.ts'
import type { Logger } from '../runtime/logger.ts'
import { type Registry, serveMetrics } from '../runtime/metrics.ts'
import type { Database } from '../sql/database.ts'
import { createAdmission } from './admission.ts'
import { createReadMethods } from './analytics/read-methods.ts'
import type { GatewayConfig } from './config.ts'
import { createIngest } from './ingest/record-events.ts'
import { createSalts } from './ingest/salts.ts'
import { createKeys } from './keys.ts'
import { openConnectDoor } from './servers/connect.ts'
import { openGrpcDoor } from './servers/grpc.ts'
import { createMeasures, measureReadiness } from './servers/measures.ts'
import { readRpcs } from './servers/read.ts'
import { createReadiness } from './servers/readiness.ts'
import type { Doorkeeping } from './servers/receive.ts'

/** What a gateway is given. It disposes neither the log nor the database: who opened them closes them. */
export interface GatewayDeps {
  readonly log: EventLog
  readonly db: Database
  readonly registry: Registry
  readonly logger: Logger
}

/** A running gateway. Disposing it answers what is under way first, within `mostDrainMs`. */
export interface Gateway extends AsyncDisposable {
  readonly httpPort: number
  readonly grpcPort: number
  readonly metricsPort: number
}

/** The write side answers within 10 s; then the sockets are cut, so that the process is gone in under 25 s. */
const mostDrainMs = 15_000
const appendDeadlineMs = 10_000
/** A revoked key ends within this on every gateway. */
const keyAgeMs = 5_000
const mostKeys = 50_000

/** Opens both doors and the metrics' port. If one cannot be opened, what was opened before is closed again. */
export async function startGateway(config: GatewayConfig, deps: GatewayDeps): Promise<Gateway> {
  await using opened = new AsyncDisposableStack()
  const door = keepDoors(config, deps)
  opened.defer(() => door.readiness.stop())
  measureReadiness(deps.registry, door.readiness)
  const reads = readRpcs(door, createReadMethods(deps))
  const { host, httpPort, grpcPort, metricsPort } = config
  const metrics = opened.use(await serveMetrics(deps.registry, { host, port: metricsPort }))
  const grpc = opened.use(await openGrpcDoor({ door, reads, address: { host, port: grpcPort } }))
  const http = opened.use(await openConnectDoor({ door, reads, address: { host, port: httpPort } }))
  const all = opened.move()
  return {
    httpPort: http.port,
    grpcPort: grpc.port,
    metricsPort: metrics.port,
    async [Symbol.asyncDispose]() {
      door.readiness.drain()
      await Promise.all([http.drain(mostDrainMs), grpc.drain(mostDrainMs)])
      await all.disposeAsync()
    },
  }
}

function keepDoors(config: GatewayConfig, deps: GatewayDeps): Doorkeeping {
  const { db, log, registry, logger } = deps
  const settings = { deadlineMs: appendDeadlineMs }
  return {
    keys: createKeys(db, { maxAgeMs: keyAgeMs, maxEntries: mostKeys }),
    admission: createAdmission({ budgetBytes: config.admissionBudgetBytes, registry }),
    ingest: createIngest({ log, salts: createSalts(db), settings, registry }),
    readiness: createReadiness({ log, db, logger }),
    measures: createMeasures(registry),
    logger,
    trustProxy: config.trustProxy,
  }
}
