import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedLog, openEmbeddedLog } from '../../eventlog/embedded.ts'
import type { GatewayConfig } from '../../gateway/config.ts'
import { type Gateway, type GatewayDeps, startGateway } from '../../gateway/gateway.ts'
import { createLogger } from '../../runtime/logger.ts'
import { createRegistry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { freshDatabase, testDatabase } from './postgres.ts'

/** A whole gateway on free ports, with an embedded log and a database of its own, and a company with two keys. */
export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway
  readonly log: EmbeddedLog
  readonly db: Database
  /** Connection URL of the database. */
  readonly databaseUrl: string
  /** `http://127.0.0.1:port` of the HTTP door. */
  readonly http: string
  /** `127.0.0.1:port` of the gRPC door. */
  readonly grpc: string
  /** A write key of company 1 for any origin, and a secret key of the same company. */
  readonly writeKey: string
  readonly secretKey: string
  /** Makes another site of the company with these origins, and a key of it. */
  newKey(options?: { kind?: 'write' | 'secret'; origins?: readonly string[] }): Promise<string>
  revoke(key: string): Promise<void>
  /** How many records are on the log. */
  records(): Promise<number>
}

/** Starts one; everything is released on disposal. `config` changes what the tests usually use. */
export async function startTestGateway(
  config: Partial<GatewayConfig> = {},
  more: Pick<GatewayDeps, 'simulate'> = {},
): Promise<TestGateway> {
  await using opened = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'userflow-gateway-'))
  opened.defer(() => rm(dataDir, { recursive: true, force: true }))
  const { url } = opened.use(await freshDatabase())
  const db = opened.use(testDatabase(url))
  const log = opened.use(await openEmbeddedLog({ path: join(dataDir, 'events.sqlite'), topic: 'test', partitions: 2 }))
  const logger = createLogger('test', 'silent')
  const newKey = keyMaker(db)
  const [writeKey, secretKey] = [await newKey(), await newKey({ kind: 'secret' })]
  const whole = { ...usualConfig, databaseUrl: url, dataDir, ...config }
  const gateway = opened.use(await startGateway(whole, { log, db, registry: createRegistry(), logger, ...more }))
  const all = opened.move()
  return {
    gateway,
    log,
    db,
    databaseUrl: url,
    http: `http://127.0.0.1:${gateway.httpPort}`,
    grpc: `127.0.0.1:${gateway.grpcPort}`,
    writeKey,
    secretKey,
    newKey,
    revoke: async (key) => {
      await db.query('update api_key set revoked_at = now() where key_hash = $1', [hash(key)])
    },
    records: async () => (await log.watermarks()).reduce((sum, one) => sum + one.high - one.low, 0),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

/** What the tests usually use; folder and database are each gateway’s own. */
export const usualConfig: GatewayConfig = {
  host: '127.0.0.1',
  httpPort: 0,
  grpcPort: 0,
  metricsPort: 0,
  databaseUrl: '',
  kafkaBrokers: [],
  topic: 'test',
  partitions: 2,
  dataDir: '',
  admissionBudgetBytes: 64 * 1024 * 1024,
  trustProxy: 0,
  answerCacheBytes: 8 * 1024 * 1024,
  logLevel: 'silent',
}

const hash = (key: string): Buffer => createHash('sha256').update(key).digest()

function keyMaker(db: Database): TestGateway['newKey'] {
  let first: { company_id: number } | undefined
  return async ({ kind = 'write', origins = [] } = {}) => {
    if (!first)
      [first] = await db.query<{ company_id: number }>(`insert into company (name) values ('one') returning *`)
    const companyId = first?.company_id
    const [site] = await db.query<{ site_id: number }>(
      `insert into site (company_id, name, kind, allowed_origins) values ($1, 'site', 'web', $2) returning *`,
      [companyId, origins],
    )
    const key = `uf_${kind}_${randomBytes(24).toString('base64url')}`
    const scopes = kind === 'write' ? ['ingest'] : ['ingest', 'read', 'admin']
    await db.query(
      'insert into api_key (key_hash, prefix, company_id, site_id, kind, scopes) values ($1, $2, $3, $4, $5, $6)',
      [hash(key), key.slice(0, 12), companyId, site?.site_id, kind, scopes],
    )
    return key
  }
}

/** Posts JSON, or bytes as they are; answers status, headers, the code of the error if any, and the parsed JSON. */
export async function postTo(url: string, body: unknown, headers: Record<string, string> = {}) {
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: bytes as string,
  })
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined
  return { status: response.status, headers: response.headers, error: response.headers.get('x-userflow-error'), json }
}
