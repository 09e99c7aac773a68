import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { ConsoleOptions } from './options.ts'

/** A load of the overview. Times in ms since its beginning. */
export interface Load {
  readonly firstPaintMs: number
  readonly blockingMs: number
  /** Of the layout: 0 is nothing moved. */
  readonly shift: number
  /** Of page, scripts and styles, as they were transferred. */
  readonly bytes: number
  /** The question Overview, with the period before: as long as the cards wait. */
  readonly overviewMs: number
  /** The longest question of the screen. */
  readonly slowestMs: number
  /** Until the last answer. */
  readonly screenMs: number
}

/** What was measured: first loads with an empty cache, and loads of each period. */
export interface ConsoleResult {
  readonly first: readonly Load[]
  readonly periods: readonly {
    readonly period: string
    /** Of periods about as long, each a day longer than the one before: no gateway has their answers yet. */
    readonly unseen: readonly Load[]
    /** Of the period, again and again. */
    readonly again: readonly Load[]
  }[]
}

const mostLoadMs = 60_000
/** After the last answer, for what moves late. */
const afterwardsMs = 500

/** Watches what the browser tells of a load; the policy of the page lets nothing be added later. */
const watch = `
  window.measured = { shift: 0, tasks: [] }
  const observe = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true })
  observe('layout-shift', (one) => { if (!one.hadRecentInput) measured.shift += one.value })
  observe('longtask', (one) => measured.tasks.push([one.startTime, one.duration]))`

const read = `(() => {
  const entries = performance.getEntriesByType('resource')
  const answers = entries.filter(({ name }) => name.includes('/userflow.v1.AnalyticsService/'))
  const files = [...performance.getEntriesByType('navigation'), ...entries.filter(({ name }) => !name.includes('/userflow.v1.'))]
  const firstPaintMs = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
  return {
    firstPaintMs,
    blockingMs: measured.tasks.reduce((sum, [start, took]) => sum + (start >= firstPaintMs ? took - 50 : 0), 0),
    shift: measured.shift,
    bytes: files.reduce((sum, { transferSize }) => sum + transferSize, 0),
    overviewMs: Math.max(0, ...answers.filter(({ name }) => name.endsWith('/Overview')).map(({ duration }) => duration)),
    slowestMs: Math.max(0, ...answers.map(({ duration }) => duration)),
    screenMs: Math.max(0, ...answers.map(({ responseEnd }) => responseEnd)),
  }
})()`

/** Measures a console that runs. @throws Error when nobody can sign in */
export async function measureConsole(
  options: ConsoleOptions,
  tools: { readonly executablePath: string; readonly isRoot: boolean; readonly say: (what: string) => void },
): Promise<ConsoleResult> {
  const { executablePath, isRoot, say } = tools
  const args = ['--disable-dev-shm-usage', ...(isRoot ? ['--no-sandbox'] : [])]
  await using stack = new AsyncDisposableStack()
  const browser = await chromium.launch({ executablePath, headless: true, args })
  stack.defer(() => browser.close())
  const context = await signedIn(browser, options)
  const first: Load[] = []
  say(`${options.loads} first loads`)
  for (let nth = 0; nth < options.loads; nth++) first.push(await load(context, `${options.url}/overview`, true))
  const found = []
  for (const period of options.periods) {
    say(`${options.loads} loads of ${period}, and as many of periods like it`)
    const look = (search: string) => load(context, `${options.url}/overview?${search}`, false)
    const unseen = await repeat(options.loads, (nth) => look(longerBy(period, nth + 1)))
    const [, ...again] = await repeat(options.loads + 1, () => look(`period=${period}`))
    found.push({ period, unseen, again })
  }
  return { first, periods: found }
}

async function repeat<T>(times: number, work: (nth: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let nth = 0; nth < times; nth++) results.push(await work(nth))
  return results
}

const dayMs = 86_400_000

/** The address of a period about as long up to today, and so many days longer. */
function longerBy(period: string, days: number): string {
  const length = { day: 1, '30d': 30, month: 31, year: 365, '12m': 365 }[period] ?? 7
  const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  return `period=custom&from=${dayOf(Date.now() - (length - 1 + days) * dayMs)}&to=${dayOf(Date.now())}`
}

async function signedIn(browser: Browser, { url, email, password }: ConsoleOptions): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } })
  context.setDefaultTimeout(mostLoadMs)
  const page = await context.newPage()
  await page.goto(url)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation').waitFor()
  await page.close()
  return context
}

async function load(context: BrowserContext, address: string, isFirst: boolean): Promise<Load> {
  const page = await context.newPage()
  try {
    await page.addInitScript(watch)
    if (isFirst) await withoutCache(page)
    await page.goto(address)
    await page.getByRole('slider').waitFor()
    await page.locator('.skeleton, [aria-busy="true"]').first().waitFor({ state: 'detached' })
    await page.waitForTimeout(afterwardsMs)
    return (await page.evaluate(read)) as Load
  } finally {
    await page.close()
  }
}

async function withoutCache(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
}
