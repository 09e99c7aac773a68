import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { Database } from '../../sql/database.ts'
import { launchChromium } from './chromium.ts'
import { type FrontProxy, openFrontProxy, type Passed } from './front-proxy.ts'
import { openSite, type TestSite } from './pages.ts'
import { freshDatabase, testDatabase } from './postgres.ts'
import { freePlace, startSystem } from './running-system.ts'

/** A row of user_events. */
export type StoredRow = Record<string, unknown> & { readonly event_type: string; readonly event_name: string | null }

/** A page that is visited, with what its console said. */
export interface Visited {
  readonly page: Page
  readonly context: BrowserContext
  readonly console: string[]
}

/** `init` runs in each page before its own scripts; `watch`: a script to wait for. */
type VisitOptions = BrowserContextOptions & { readonly init?: string; readonly watch?: RegExp }

/** A running UserFlow, a website on another origin, and a Chromium. */
export interface TrackedSite extends AsyncDisposable {
  readonly site: TestSite
  /** What browsers take for the gateway. */
  readonly front: FrontProxy
  readonly db: Database
  readonly browser: Browser
  /** Makes a site with a write key of its own, so that each test sees its own events only. */
  newKey(origins?: readonly string[]): Promise<{ key: string; siteId: number }>
  revoke(key: string): Promise<void>
  /** The tag that loads the tracker. */
  tag(key: string, attributes?: string): string
  /** Opens the page as a visitor of the United States. */
  visit(url: string, options?: VisitOptions): Promise<Visited>
  /** The requests for events with a key, in the order of their answers. */
  passed(key: string): Passed[]
  /** The events of a site in order of time, once there are so many; then a moment later, if there should be no more. */
  stored(siteId: number, many: number): Promise<StoredRow[]>
}

const visitorAddress = '8.8.8.8'

/** Starts all of it. */
export async function openTrackedSite(): Promise<TrackedSite> {
  await using opened = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'userflow-browser-'))
  opened.defer(() => rm(dataDir, { recursive: true, force: true }))
  const { url } = opened.use(await freshDatabase())
  const place = await freePlace(dataDir, { DATABASE_URL: url })
  opened.use(await startSystem(place))
  const db = opened.use(testDatabase(url))
  const site = opened.use(await openSite())
  const browser = await launchChromium()
  opened.defer(() => browser.close())
  const front = opened.use(await openFrontProxy(place.httpPort, visitorAddress))
  const all = opened.move()
  return {
    site,
    front,
    db,
    browser,
    newKey: (origins = []) => newKey(db, origins),
    revoke: async (key) => {
      await db.query('update api_key set revoked_at = now() where key_hash = $1', [hash(key)])
    },
    tag: (key, attributes = '') =>
      `<script defer src="${front.url}/tracker.js" data-key="${key}" ${attributes}></script>`,
    visit: (address, options = {}) => visit(browser, { ...options, address }),
    passed: (key) => front.passed.filter((one) => one.key === key),
    stored: (siteId, many) => stored(db, siteId, many),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const hash = (key: string): Buffer => createHash('sha256').update(key).digest()

async function newKey(db: Database, origins: readonly string[]): Promise<{ key: string; siteId: number }> {
  const [site] = await db.query<{ company_id: number; site_id: number }>(
    `insert into site (company_id, name, kind, allowed_origins)
     select company_id, $1, 'web', $2 from company order by company_id limit 1 returning company_id, site_id`,
    [`site ${randomBytes(4).toString('hex')}`, origins],
  )
  const key = `uf_write_${randomBytes(24).toString('base64url')}`
  await db.query(
    `insert into api_key (key_hash, prefix, company_id, site_id, kind, scopes) values ($1, $2, $3, $4, 'write', '{ingest}')`,
    [hash(key), key.slice(0, 12), site!.company_id, site!.site_id],
  )
  return { key, siteId: site!.site_id }
}

async function visit(
  browser: Browser,
  { address, init, watch, ...options }: VisitOptions & { readonly address: string },
): Promise<Visited> {
  const context = await browser.newContext({
    viewport: { width: 1_000, height: 700 },
    locale: 'pt-BR',
    timezoneId: 'Europe/Lisbon',
    ...options,
  })
  if (init) await context.addInitScript(init)
  const page = await context.newPage()
  const visited: Visited = { page, context, console: [] }
  page.on('console', (message) => visited.console.push(message.text()))
  page.on('pageerror', (error) => visited.console.push(`page error: ${error.message}`))
  const watched = watch && page.waitForResponse(watch).then((response) => response.finished())
  await page.goto(address)
  await watched
  // A part that has come has yet to run.
  if (watch) await page.waitForTimeout(100)
  return visited
}

const mostWaitMs = 30_000
/** Longer than the tracker gathers and the worker takes: what is too much has come by then. */
const silenceMs = 1_500

async function stored(db: Database, siteId: number, many: number): Promise<StoredRow[]> {
  const read = () =>
    db.query<StoredRow>('select * from user_events where site_id = $1 order by event_timestamp, sequence', [siteId])
  let rows = await read()
  for (const until = Date.now() + mostWaitMs; rows.length < many && Date.now() < until; rows = await read()) {
    await sleep(100)
  }
  await sleep(silenceMs)
  return await read()
}
