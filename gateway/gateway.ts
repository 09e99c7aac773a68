import type { EventLog } from '../eventlog/eventlog.ts'
import { AdminService } from '../proto/gen/userflow/v1/admin_pb.ts'
import { AnalyticsService } from '../proto/gen/userflow/v1/analytics_pb.ts'
import { AnnotationService } from '../proto/gen/userflow/v1/annotations_pb.ts'
import { InstallationService } from '../proto/gen/userflow/v1/installation_pb.ts'
import { LinkService } from '../proto/gen/userflow/v1/links_pb.ts'
import { PeopleService } from '../proto/gen/userflow/v1/people_pb.ts'
import { PipelineService } from '../proto/gen/userflow/v1/pipeline_pb.ts'
import { FunnelService } from '../proto/gen/userflow/v1/saved_funnels_pb.ts'
import { SchemaService } from '../proto/gen/userflow/v1/schemas_pb.ts'
import { SegmentService } from '../proto/gen/userflow/v1/segments_pb.ts'
import { UserService } from '../proto/gen/userflow/v1/users_pb.ts'
import type { Logger } from '../runtime/logger.ts'
import { type Registry, serveMetrics } from '../runtime/metrics.ts'
import type { Database } from '../sql/database.ts'
import { createAdminMethods } from './admin/admin-methods.ts'
import type { HttpPlace } from './admin/snippet.ts'
import { createAdmission } from './admission.ts'
import { createProgress } from './analytics/progress.ts'
import { createReadMethods } from './analytics/read-methods.ts'
import type { AnswerCache } from './answer-cache/answer-cache.ts'
import { openAnswerCache } from './answer-cache/open-answer-cache.ts'
import type { GatewayConfig } from './config.ts'
import { createExports } from './export/export-events.ts'
import { createExportThread } from './export/export-thread.ts'
import { createIngest } from './ingest/record-events.ts'
import { createSalts } from './ingest/salts.ts'
import { createDemos } from './installation/demo.ts'
import { createInstallationMethods } from './installation/installation-methods.ts'
import { ownAddress, type Simulate } from './installation/simulator.ts'
import { createKeys } from './keys.ts'
import { createKnownLinks } from './links/known-links.ts'
import { createLinkMethods } from './links/link-methods.ts'
import { createPeople, type People } from './people/people.ts'
import { createRateLimits } from './rate-limits.ts'
import { createAnnotationMethods, createFunnelMethods } from './saved/saved-methods.ts'
import { createKnownSchemas, type KnownSchemas } from './schemas/known-schemas.ts'
import { createSchemaMethods } from './schemas/schema-methods.ts'
import { createSegmentMethods } from './segments/segment-methods.ts'
import { openConnectDoor } from './servers/connect.ts'
import { openGrpcDoor } from './servers/grpc.ts'
import { createMeasures, measureReadiness } from './servers/measures.ts'
import { createReadiness } from './servers/readiness.ts'
import type { Doorkeeping } from './servers/receive.ts'
import { streamRpcs } from './servers/stream-rpcs.ts'
import { type Served, unaryRpcs } from './servers/unary-rpcs.ts'
import { createSettingsVersion, type SettingsVersion } from './settings-version.ts'
import { createUserMethods } from './users/user-methods.ts'

/** What a gateway is given. It disposes neither the log nor the database: who opened them closes them. */
export interface GatewayDeps {
  readonly log: EventLog
  readonly db: Database
  readonly registry: Registry
  readonly logger: Logger
  /** Makes traffic for demo sites; absent: nothing does here. */
  readonly simulate?: Simulate
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

/** What is remembered of companies, and what tells whether it is still so. */
interface Remembering {
  readonly settings: SettingsVersion
  readonly schemas: KnownSchemas
  readonly people: People
  readonly cache: AnswerCache | undefined
}

/** Opens both doors and the metrics' port. If one cannot be opened, what was opened before is closed again. */
export async function startGateway(config: GatewayConfig, deps: GatewayDeps): Promise<Gateway> {
  await using opened = new AsyncDisposableStack()
  const settings = createSettingsVersion(deps.db, { mostAgeMs: keyAgeMs })
  const schemas = opened.use(createKnownSchemas({ ...deps, settings }))
  const bound = { http: config.httpPort, grpc: config.grpcPort }
  const place = { publicUrl: config.publicUrl ?? '', host: config.host, port: () => bound.http }
  const people = createPeople({ db: deps.db, http: place, settings })
  const cache = openAnswerCache(config, deps)
  if (cache) opened.use(cache)
  const remembering = { settings, schemas, people, cache }
  const door = keepDoors(config, deps, remembering)
  opened.defer(() => door.readiness.stop())
  measureReadiness(deps.registry, door.readiness)
  const serving = { door, audit: people.audit }
  const ownGrpc = () => ownAddress(config.host, bound.grpc)
  const demos = opened.use(createDemos({ db: deps.db, http: place, simulate: deps.simulate, grpc: ownGrpc }))
  const installation = createInstallationMethods({ demos, grafanaUrl: config.grafanaUrl })
  const served = [...services(deps, place, remembering), { service: InstallationService, methods: installation }]
  const rpcs = served.flatMap((one) => unaryRpcs(serving, one))
  const streams = served.flatMap((one) => streamRpcs(door, one))
  const { host, httpPort, grpcPort, metricsPort } = config
  const metrics = opened.use(await serveMetrics(deps.registry, { host, port: metricsPort }))
  const grpc = opened.use(await openGrpcDoor({ door, rpcs, streams, address: { host, port: grpcPort } }))
  const thread = opened.use(createExportThread({ databaseUrl: config.databaseUrl, logger: deps.logger }))
  const exports = createExports({ thread, progress: createProgress(deps), registry: deps.registry })
  const http = opened.use(await openConnectDoor({ door, rpcs, streams, exports, address: { host, port: httpPort } }))
  Object.assign(bound, { http: http.port, grpc: grpc.port })
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

/** Every service of the contract but that of events, which has doors of its own. */
function services(deps: GatewayDeps, http: HttpPlace, { schemas, people, cache }: Remembering): readonly Served[] {
  const { analytics, streams, pipeline, reading } = createReadMethods({ ...deps, schemas, ...(cache ? { cache } : {}) })
  return [
    { service: AnalyticsService, methods: analytics, streams },
    { service: PipelineService, methods: pipeline },
    { service: AdminService, methods: createAdminMethods({ db: deps.db, http }) },
    { service: SegmentService, methods: createSegmentMethods(reading) },
    { service: FunnelService, methods: createFunnelMethods(deps.db) },
    { service: AnnotationService, methods: createAnnotationMethods(deps.db) },
    { service: UserService, methods: createUserMethods(reading) },
    { service: LinkService, methods: createLinkMethods({ db: deps.db, http }) },
    { service: PeopleService, methods: people.methods },
    { service: SchemaService, methods: createSchemaMethods({ db: deps.db, changed: schemas.forget }) },
  ]
}

function keepDoors(config: GatewayConfig, deps: GatewayDeps, { settings, schemas, people }: Remembering): Doorkeeping {
  const { db, log, registry, logger } = deps
  return {
    keys: createKeys(db, { maxAgeMs: keyAgeMs, maxEntries: mostKeys, settings }),
    people,
    links: createKnownLinks(db, settings),
    admission: createAdmission({ budgetBytes: config.admissionBudgetBytes, registry }),
    rateLimits: createRateLimits({ registry }),
    ingest: createIngest({
      log,
      salts: createSalts(db),
      schemas,
      settings: { deadlineMs: appendDeadlineMs },
      registry,
    }),
    readiness: createReadiness({ log, db, logger }),
    measures: createMeasures(registry),
    logger,
    trustProxy: config.trustProxy,
  }
}
