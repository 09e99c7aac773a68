import { setTimeout as sleep } from 'node:timers/promises'
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { timestampFromDate, timestampFromMs } from '@bufbuild/protobuf/wkt'
import {
  CreateKeyRequestSchema,
  CreateSiteRequestSchema,
  KeyKind,
  RevokeKeyRequestSchema,
  SiteKind,
} from '../../proto/gen/userflow/v1/admin_pb.ts'
import { type DemoSchema, DemoState } from '../../proto/gen/userflow/v1/installation_pb.ts'
import type { Database } from '../../sql/database.ts'
import type { AdminCaller, Administration } from '../admin/administration.ts'
import { createKey, revokeKey } from '../admin/keys.ts'
import { createSite } from '../admin/sites.ts'
import { RequestError } from '../errors.ts'
import type { Simulate } from './simulator.ts'

/** What filling needs. */
export interface DemoDeps extends Administration {
  /** Absent: this gateway makes no traffic. */
  readonly simulate?: Simulate | undefined
  /** `host:port` of the gRPC door, which is known once it is open. */
  readonly grpc: () => string
}

/** Made-up traffic of companies. Disposing it ends what is being filled. */
export interface Demos extends Disposable {
  read(caller: AdminCaller): Promise<MessageInitShape<typeof DemoSchema>>
  /** Begins to fill, unless it is under way. @throws RequestError DEMO_UNAVAILABLE, PARAMETER_INVALID */
  fill(caller: AdminCaller, timeZone: string): Promise<MessageInitShape<typeof DemoSchema>>
}

interface Run {
  state: DemoState
  share: number
  accepted: number
}

const days = 30
/** Filling has succeeded even where workers are slower than this. */
const mostStoringMs = 60_000
const bigTables = ['stored_events', 'sessions', 'visitor_days', 'visitors'] as const
const siteName = 'Demo shop'
/** Longer than filling takes; a gateway that is killed meanwhile leaves no key that lasts. */
const keyLastsMs = 3_600_000

export function createDemos(deps: DemoDeps): Demos {
  const runs = new Map<number, Run>()
  const stopping = new AbortController()
  const read: Demos['read'] = async ({ companyId }) => {
    const site = await findSite(deps.db, companyId)
    const run = runs.get(companyId)
    return {
      available: deps.simulate !== undefined,
      siteId: site?.site_id ?? 0,
      ...(site && { until: timestampFromDate(site.demo_until) }),
      ...run,
    }
  }
  const send = async (simulate: Simulate, run: Run, caller: AdminCaller): Promise<void> => {
    const site = (await findSite(deps.db, caller.companyId))!
    const { key, secret } = await createKey(deps, keyOf(site.site_id), caller)
    const onProgress = (how: { share: number; accepted: number }): void => void Object.assign(run, how)
    const simulation = { key: secret!, days, untilMs: site.demo_until.getTime(), grpc: deps.grpc(), onProgress }
    let sent = false
    try {
      sent = await simulate(simulation, stopping.signal)
    } finally {
      await revokeKey(deps, create(RevokeKeyRequestSchema, { keyId: key!.keyId! }), caller)
    }
    if (sent) await untilStored(deps.db, { caller, siteId: site.site_id, events: run.accepted }, stopping.signal)
    run.state = sent ? DemoState.FILLED : DemoState.FAILED
  }
  return {
    read,
    async fill(caller, timeZone) {
      const { simulate } = deps
      if (!simulate) throw new RequestError('DEMO_UNAVAILABLE')
      const before = runs.get(caller.companyId)
      if (before?.state === DemoState.FILLING) return read(caller)
      const run: Run = { state: DemoState.FILLING, share: 0, accepted: 0 }
      runs.set(caller.companyId, run)
      try {
        if (!(await findSite(deps.db, caller.companyId))) await makeSite(deps, caller, timeZone)
      } catch (error) {
        run.state = DemoState.FAILED
        throw error
      }
      void send(simulate, run, caller).catch(() => {
        run.state = DemoState.FAILED
      })
      return read(caller)
    },
    [Symbol.dispose]: () => stopping.abort(),
  }
}

async function findSite(db: Pick<Database, 'query'>, companyId: number) {
  const [site] = await db.query<{ site_id: number; demo_until: Date }>(
    'select site_id, demo_until from site where company_id = $1 and demo_until is not null order by site_id limit 1',
    [companyId],
  )
  return site
}

/**
 * Waits for the workers, and has Postgres look at what is new: planned by what it knew of empty tables, some questions would take
 * longer than they may, until it looks by itself after a minute or so. Neither is waited for without end, nor missed where it fails.
 */
async function untilStored(
  db: Pick<Database, 'query'>,
  { caller, siteId, events }: { caller: AdminCaller; siteId: number; events: number },
  signal: AbortSignal,
): Promise<void> {
  const endMs = performance.now() + mostStoringMs
  const count = 'select count(*)::int as stored from stored_events where company_id = $1 and site_id = $2'
  for (;;) {
    const [row] = await db.query<{ stored: number }>(count, [caller.companyId, siteId])
    if (row!.stored >= events || signal.aborted || performance.now() > endMs) break
    await sleep(500)
  }
  for (const table of bigTables) await db.query(`analyze ${table}`).catch(() => undefined)
}

/** A site of its own, so that figures of others stay clean. */
async function makeSite(deps: DemoDeps, caller: AdminCaller, timeZone: string): Promise<void> {
  const { site } = await createSite(
    deps,
    create(CreateSiteRequestSchema, { name: siteName, kind: SiteKind.WEB, timeZone }),
    caller,
  )
  await deps.db.query('update site set demo_until = date_trunc($3, now()) where company_id = $1 and site_id = $2', [
    caller.companyId,
    site!.siteId,
    'milliseconds',
  ])
}

const keyOf = (siteId: number) =>
  create(CreateKeyRequestSchema, {
    siteId,
    kind: KeyKind.SECRET,
    scopes: ['ingest'],
    label: siteName,
    expiresAt: timestampFromMs(Date.now() + keyLastsMs),
  })
