import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { names } from '../../console/words/screens.ts'
import { openConsole, type TestConsole } from '../support/console.ts'

const screensDir = join(import.meta.dirname, '../../console/screens')
/** The registry names components, which this project of types does not know: it is read as text. */
const registry = readFileSync(join(screensDir, 'registry.ts'), 'utf8')
const screens = [...registry.matchAll(/path: '([^']+)',\s+name: names\.(\w+)/g)].map(([, path = '', key]) => ({
  path,
  name: names[key as keyof typeof names],
}))

const chrome =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'

/** What a stranger may write into an event: markup, a link that runs, text that turns around, a formula, a terminal's commands. */
const script = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`
const turned = '\u202Egpj.exe'
const hostile = {
  page: {
    url: 'javascript:window.pwned=1',
    title: script,
    referrer: 'https://evil.example/"><script>window.pwned=1</script>',
  },
  userId: `${script}${turned}`,
  custom: { name: `=HYPERLINK("x")${script}\u001b[31m` },
  properties: { constructor: script, toString: turned, long: 'x'.repeat(8_000), '<b>key</b>': '{{7*7}}' },
}

let it: TestConsole
let siteId: number
beforeAll(async () => {
  it = await openConsole()
  const at = (minutesAgo: number): string => new Date(Date.now() - minutesAgo * 60_000).toISOString()
  const visit = (one: number) => ({
    sessionId: `session-${one}`,
    visitorId: `visitor-${one}`,
    device: { userAgent: chrome, ipAddress: '8.8.8.8' },
  })
  const events = Array.from({ length: 12 }, (_, one) => [
    { ...visit(one), eventTime: at(60 + one), page: { url: 'https://example.com/' }, pageView: {} },
    { ...visit(one), eventTime: at(59 + one), page: { url: 'https://example.com/pricing' }, pageView: {} },
    {
      ...visit(one),
      eventTime: at(58 + one),
      page: { url: 'https://example.com/pricing' },
      custom: { name: 'signup' },
      properties: { plan: 'pro' },
    },
  ]).flat()
  await it.send(events)
  await it.send([
    { ...hostile, sessionId: 'hostile', visitorId: 'stranger', eventTime: at(30), device: { userAgent: chrome } },
  ])
  const [site] = await it.db.query<{ site_id: number }>(`select site_id from site where name = 'Server'`)
  siteId = site?.site_id ?? 0
})
afterAll(() => it?.[Symbol.asyncDispose]())

const isHarmed = (page: Page): Promise<unknown> => page.evaluate('window.pwned')
const numberOf = async (page: Page, name: string): Promise<string> =>
  (await page.locator(`[data-figure="${name}"]`).first().innerText()).split('\n')[0]?.trim() ?? ''

test('every folder of a screen is in the navigation', () => {
  const folders = readdirSync(screensDir).filter((name) => !name.includes('.'))
  expect(screens.map(({ path }) => path.slice(1)).sort()).toEqual(folders.sort())
})

// One opening serves all that holds for every screen: each costs a second or two.
test.each(screens)(
  '$path opens without a complaint, hardly moves, breaks no rule of accessibility in light or dark, and fits 390 pixels',
  async ({ path, name }) => {
    const before = it.complaints.length
    const page = await it.open(path)
    const heading = page.getByRole('heading', { level: 1, name })
    await heading.first().waitFor()
    expect(await heading.count()).toBe(1)
    expect(await page.title()).toBe(`${name} · UserFlow`)
    const shifts = (await page.evaluate('window.shifts')) as [number, ...string[]][]
    // The overview's is exactly nothing (console-overview.browser.test.ts); 0.1 is where a page stops being good.
    expect(shifts.filter(([value]) => value > 0.02)).toEqual([])
    await it.picture(page, path.slice(1))
    expect(await it.axe(page)).toEqual([])
    await page.setViewportSize({ width: 390, height: 844 })
    // Charts are drawn anew for the narrow window.
    await page.waitForTimeout(300)
    if (path === '/overview') await it.picture(page, 'overview-390')
    expect(Number(await page.evaluate('document.documentElement.scrollWidth'))).toBeLessThanOrEqual(390)
    await page.close()
    expect(it.complaints.slice(before).filter((one) => !one.includes('401'))).toEqual([])
  },
)

test('what lies over a screen breaks none either', async () => {
  const broken: Record<string, string[]> = {}
  const over: readonly (readonly [string, string])[] = [
    ['/overview?behind=totals&show=sql', ''],
    ['/overview?all=pages', ''],
    ['/overview?f=is,country,US', 'f'],
    ['/overview', 'c'],
    ['/overview', '?'],
    ['/overview', '/'],
    ['/sessions?session=session-1', ''],
    [`/sites?open=${siteId}`, ''],
    [`/sites?open=${siteId}&tab=keys`, ''],
    [`/sites?open=${siteId}&tab=settings`, ''],
    ['/contracts?contract=', ''],
  ]
  for (const [at, [path, key]] of over.entries()) {
    const page = await it.open(path)
    if (key !== '') await page.keyboard.press(key)
    await it.picture(page, `over-${at}`)
    const found = await it.axe(page)
    if (found.length > 0) broken[`${path} ${key}`] = found
    await page.close()
  }
  expect(broken).toEqual({})
}, 300_000)

test('at 390 pixels the navigation opens from a button', async () => {
  const page = await it.open('/overview', { width: 390, height: 844 })
  await page.getByRole('button', { name: 'Open the menu' }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Sessions' }).click()
  await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor()
  await page.close()
})

test('what a stranger wrote shows as text on every screen that shows it, and runs nowhere', async () => {
  for (const path of [
    '/live',
    '/sessions?session=hostile',
    '/pages?of=page_title',
    '/sources?of=referrer',
    '/overview',
  ]) {
    const page = await it.open(path)
    for (const more of await page.locator('summary').all()) await more.click()
    if (path.startsWith('/live') || path.startsWith('/sessions')) {
      await page.getByText('onerror="window.pwned=1"').first().waitFor()
    }
    await page.waitForTimeout(300)
    expect(await isHarmed(page), path).toBeUndefined()
    const links = await page.locator('a[href]').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))
    expect(links.filter((link) => /^\s*(javascript|data):/i.test(link))).toEqual([])
    await page.close()
  }
  const page = await it.open(`/overview?f=is,page_title,${encodeURIComponent(encodeURIComponent(script))}`)
  expect(await page.getByRole('list', { name: 'Filters' }).innerText()).toContain('<script>')
  expect(await isHarmed(page)).toBeUndefined()
  await page.close()
}, 120_000)

test('an event that is sent while Live is open is told by the stream, and without one by asking', async () => {
  const page = await it.open('/live')
  await page.getByText('as it happens').waitFor()
  let asked = 0
  page.on('request', (request) => {
    if (request.url().endsWith('AnalyticsService/Live')) asked += 1
  })
  const send = async (name: string) => {
    const [event] = [{ custom: { name }, visitorId: 'now', sessionId: 'now', device: { userAgent: chrome } }]
    const sentMs = performance.now()
    const sending = it.send([event])
    await page.getByText(name).waitFor({ timeout: 20_000 })
    // How long it took depends on the machine: it is told, and nothing is asked of it.
    console.log(`shown ${Math.round(performance.now() - sentMs)} ms after it was sent`)
    await sending
  }
  await send(`live-${randomUUID()}`)
  expect(asked).toBe(0)
  await expect.poll(() => page.locator('[data-live=visitors]').innerText()).toBe('1')
  // The stream that goes through no longer: the next page asks.
  let refused = 0
  const stream = /AnalyticsService\/StreamLive$/
  await page.context().route(stream, (route) => {
    refused += 1
    return route.abort()
  })
  await page.reload()
  await page.getByText('every 5 seconds').waitFor()
  await send(`live-${randomUUID()}`)
  expect(asked).toBeGreaterThan(0)
  expect(refused).toBeGreaterThan(0)
  await page.context().unroute(stream)
  await page.close()
})

test('a new site waits for its first event, tells why a rejected one was not taken, and shows the first that was', async () => {
  const page = await it.open('/sites')
  await page.getByRole('button', { name: 'New site' }).click()
  await page.getByLabel('Name').fill('Shop')
  await page.getByRole('button', { name: 'Make the site' }).click()
  await page.getByText('Waiting for the first event').waitFor()
  await page.getByRole('button', { name: 'Make a write key' }).click()
  const snippet = page.getByRole('figure', { name: 'HTML' }).locator('pre')
  await expect.poll(() => snippet.innerText()).toContain('data-key="uf_write_')
  const text = await snippet.innerText()
  expect(text).toContain(`src="${it.url}/tracker.js"`)
  const key = /data-key="([^"]+)"/.exec(text)?.[1] ?? ''
  await it.send([{ custom: { name: '' } }], key)
  const rejected = page.getByRole('region', { name: 'The last rejected event' })
  await expect.poll(() => rejected.innerText(), { timeout: 15_000 }).toContain('FIELD_REQUIRED')
  expect(await rejected.innerText()).toContain('custom.name')
  await it.send([{ page: { url: 'https://shop.example/first' }, pageView: {}, device: { userAgent: chrome } }], key)
  await page.getByText('/first').first().waitFor({ timeout: 15_000 })
  await it.picture(page, 'site-connect')
  await page.close()
})

test('the pipeline balances as the database counts it, finds an event, and says what a replay would do', async () => {
  const [kept] = await it.db.query<{ stored: number; letters: number }>(
    'select (select count(*) from stored_events)::int as stored, (select count(*) from dead_letters)::int as letters',
  )
  const [event] = await it.db.query<{ event_id: string }>(
    `select event_id from user_events where session_id = 'session-3'`,
  )
  const page = await it.open(`/pipeline?event=${event?.event_id}`)
  await expect.poll(() => numberOf(page, 'Stored')).toBe(String(kept?.stored))
  expect(await numberOf(page, 'Dead letters')).toBe(String(kept?.letters))
  expect(await numberOf(page, 'Taken from the log')).toBe(String((kept?.stored ?? 0) + (kept?.letters ?? 0)))
  expect(await numberOf(page, 'Difference')).toMatch(/^0/)
  await page.getByText('In the store').waitFor()
  await page.getByRole('button', { name: 'FIELD_REQUIRED' }).first().click()
  await page.getByRole('button', { name: 'See what would happen' }).click()
  const outcome = page.getByRole('list', { name: 'What becomes of them' })
  await expect.poll(() => outcome.innerText()).toContain('1 still rejected')
  await it.picture(page, 'pipeline-replay')
  await page.close()
})

test('a contract is tried against what was stored and saved, and sessions and users count what was sent', async () => {
  const page = await it.open('/contracts?contract=')
  await page.getByLabel('Name of the event').fill('signup')
  await page.getByLabel('JSON Schema').fill('{"type":"object","required":["amount"]}')
  await page.getByRole('button', { name: 'Try on the last 7 days' }).click()
  await page.getByText('12 of 12 events would be rejected').waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Saved as version 1').waitFor()
  await page.close()
  const users = await it.open('/users?period=7d')
  // Twelve, the stranger, and those of the tests above.
  const [count] = await it.db.query<{ visitors: number }>(
    'select count(distinct visitor_id)::int as visitors from user_events where not is_bot',
  )
  await expect.poll(() => numberOf(users, 'Last 7 days')).toBe(String(count?.visitors))
  await users.close()
  const sessions = await it.open('/sessions?period=7d&session=session-4')
  await expect
    .poll(() => sessions.getByRole('region', { name: 'Events of the session' }).locator('summary').count())
    .toBe(3)
  await sessions.close()
})

test('with the keyboard alone one chooses a site, a period and a screen, and the focus is always to be seen', async () => {
  const page = await it.open('/overview')
  await page.keyboard.press('Tab')
  expect(await page.locator(':focus').innerText()).toBe('To the content')
  await page.keyboard.press('Enter')
  await page.keyboard.press('/')
  await page.keyboard.type('site: server')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.url()).toContain(`site=${siteId}`)
  const period = page.getByRole('button', { name: /^Period/ })
  await period.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.url()).toContain('period=day')
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
  await page.close()
})
