import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import axeCore from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Database } from '../../sql/database.ts'
import { launchChromium } from './chromium.ts'
import { freshDatabase, testDatabase } from './postgres.ts'
import { freePlace, startSystem } from './running-system.ts'

const root = join(import.meta.dirname, '..', '..')
/** Looked at by people, and kept by CI. */
const screenshots = join(root, '.cache', 'screenshots')
const admin = { email: 'ada@example.com', password: 'a long enough phrase' }

/** A running UserFlow, and a Chromium in which its first admin has signed in. */
export interface TestConsole extends AsyncDisposable {
  readonly url: string
  readonly db: Database
  readonly browser: Browser
  readonly context: BrowserContext
  readonly keys: { readonly writeKey: string; readonly secretKey: string }
  /** Sends events, in the JSON of the contract, and waits until they are stored or kept as dead letters. */
  send(events: readonly object[], key?: string): Promise<unknown>
  /** Opens an address of the console. What its own scripts complain about fails the test that asks for `complaints`. */
  open(path: string, size?: { width: number; height: number }): Promise<Page>
  readonly complaints: string[]
  /** Signs in on the page that is open, which asks for it. */
  signIn(page: Page): Promise<void>
  /** Shows it in both themes and keeps a picture of each. */
  picture(page: Page, name: string): Promise<void>
  /** Rules of accessibility that the page breaks in the theme it shows, with the first place of each. */
  axe(page: Page): Promise<string[]>
}

/** Starts all of it; the console is built first if it has to be. */
export async function openConsole(): Promise<TestConsole> {
  await using opened = new AsyncDisposableStack()
  await promisify(execFile)(process.execPath, [join(root, 'bin/console.ts'), '--if-needed'])
  const dataDir = await mkdtemp(join(tmpdir(), 'userflow-console-'))
  opened.defer(() => rm(dataDir, { recursive: true, force: true }))
  const { url: databaseUrl } = opened.use(await freshDatabase())
  const more = { BOOTSTRAP_ADMIN_EMAIL: admin.email, BOOTSTRAP_ADMIN_PASSWORD: admin.password }
  const place = await freePlace(dataDir, { DATABASE_URL: databaseUrl, ...more })
  const { keys } = opened.use(await startSystem(place))
  const db = opened.use(testDatabase(databaseUrl))
  const browser = await launchChromium()
  opened.defer(() => browser.close())
  const url = `http://127.0.0.1:${place.httpPort}`
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  await context.addInitScript(noteShifts)
  await signIn(await context.newPage(), url)
  const complaints: string[] = []
  await mkdir(screenshots, { recursive: true })
  const all = opened.move()
  return {
    url,
    db,
    browser,
    context,
    keys,
    complaints,
    send: (events, key = keys.secretKey) => send({ url, db, key }, events),
    open: (path, size) => open(context, { address: url + path, size, complaints }),
    signIn: enter,
    picture,
    axe,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('E-mail').waitFor()
  await picture(page, 'sign-in')
  await enter(page)
  await page.close()
}

async function enter(page: Page): Promise<void> {
  await page.getByLabel('E-mail').fill(admin.email)
  await page.getByLabel('Password').fill(admin.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation').waitFor()
}

interface Opening {
  readonly address: string
  readonly size: { width: number; height: number } | undefined
  readonly complaints: string[]
}

/** Keeps in `shifts` what moved without anybody having touched anything, and by how much. */
const noteShifts = `
  window.shifts = []
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (!hadRecentInput) window.shifts.push([value, ...sources.map(({ node }) => node?.textContent?.slice(0, 60))])
    }
  }).observe({ type: 'layout-shift', buffered: true })`

async function open(context: BrowserContext, { address, size, complaints }: Opening): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  if (size) await page.setViewportSize(size)
  await page.goto(address)
  await settled(page)
  return page
}

/** Nothing is on its way any more; a screen that keeps asking is given a moment. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined)
  // Before anything is drawn nothing is on its way either.
  await page.locator('#root > *').first().waitFor({ state: 'attached' })
  // The policy of the page lets no text be run, not even ours.
  await page.locator('.skeleton, [aria-busy="true"]').first().waitFor({ state: 'detached' })
}

async function picture(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.locator(`html[data-theme=${theme}]`).waitFor()
    await page.waitForTimeout(200)
    // Whatever lies over a screen covers the window only.
    const fullPage = (await page.locator('dialog[open]').count()) === 0
    await page.screenshot({ path: join(screenshots, `${name}-${theme}.png`), fullPage })
  }
  await page.emulateMedia({ colorScheme: 'light' })
}

const fading = 'document.getAnimations().some((one) => one instanceof CSSTransition)'

async function axe(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.locator(`html[data-theme=${theme}]`).waitFor()
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' })
    // Whatever fades has too little contrast on its way.
    for (let tries = 0; tries < 100 && (await page.evaluate(fading)); tries++) await page.waitForTimeout(50)
    await page.evaluate(`${axeCore.source}; 0`)
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]
    }
    for (const { id, nodes } of violations) {
      found.push(`${theme} ${id}: ${nodes[0]?.html.slice(0, 300)} ${nodes[0]?.failureSummary.slice(0, 300)}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  return found
}

const mostWaitMs = 30_000

async function send(to: { url: string; db: Database; key: string }, events: readonly object[]): Promise<unknown> {
  const kept = async (): Promise<number> => {
    const [row] = await to.db.query<{ kept: number }>(
      'select (select count(*) from stored_events)::int + (select count(*) from dead_letters)::int as kept',
    )
    return row?.kept ?? 0
  }
  const before = await kept()
  const response = await fetch(`${to.url}/userflow.v1.IngestService/RecordEvents`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': to.key },
    body: JSON.stringify({ events }),
  })
  const answer: unknown = await response.json()
  const giveUpAt = Date.now() + mostWaitMs
  while ((await kept()) < before + events.length) {
    if (Date.now() > giveUpAt) throw new Error(`not stored within ${mostWaitMs} ms: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return answer
}
