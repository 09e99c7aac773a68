import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConsole, type TestConsole } from '../support/console.ts'

// What was sent is counted by hand beside each number that a screen must show.

const chrome =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'
const script = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`

const startMs = Date.now() - 3_600_000
const site = 'https://example.com'

/** An event of a visit, so many seconds after its start. */
const at = (visit: number, second: number, more: object): object => ({
  sessionId: `session-${visit}`,
  visitorId: `visitor-${visit}`,
  eventTime: new Date(startMs + visit * 60_000 + second * 1_000).toISOString(),
  device: { userAgent: chrome, ipAddress: '8.8.8.8', viewportWidth: 1_280, viewportHeight: 800 },
  ...more,
})
const page = (path: string): object => ({ page: { url: site + path, title: `Title of ${path}` } })
const click = (selector: string, x: number, y: number) => ({
  ...page('/pricing'),
  click: { element: { selector, text: selector === '#buy' ? 'Buy now' : script, type: 'button' }, position: { x, y } },
})

/** Four visits: / alone; / to /pricing; / to /pricing to a sign-up, twice. One clicks in rage. */
const lcpOfVisit = [1_000, 2_000, 3_000, 5_000]
const visits = lcpOfVisit.flatMap((lcp, visit) => [
  at(visit, 0, { ...page('/'), pageView: { loadMs: 1_200 } }),
  at(visit, 1, { ...page('/'), webVital: { name: 'LCP', value: lcp } }),
  at(visit, 1, { ...page('/'), webVital: { name: 'CLS', value: 0.05 } }),
  at(visit, 2, { ...page('/'), scroll: { depthPercent: 25 * (visit + 1) } }),
  ...(visit > 0 ? [at(visit, 20, { ...page('/pricing'), pageView: { loadMs: 900 } })] : []),
  ...(visit > 1
    ? [at(visit, 40, { ...page('/pricing'), custom: { name: 'signup' }, properties: { plan: 'pro' } })]
    : []),
])
const clicks = [
  ...[0, 0.2, 0.4].map((second) => at(1, 25 + second, click('#buy', 640, 300))),
  at(2, 30, click('#buy', 640, 310)),
  at(3, 30, click('#hostile', 100, 900)),
]
const hostilePage = `${site}/${encodeURIComponent(script)}`
const hostile = at(9, 0, {
  page: { url: hostilePage, title: script },
  custom: { name: script },
  properties: { constructor: script, '<b>key</b>': '{{7*7}}' },
})

let it: TestConsole
beforeAll(async () => {
  it = await openConsole()
  await it.send([...visits, ...clicks, hostile])
})
afterAll(() => it?.[Symbol.asyncDispose]())

/** The rows of a table: the texts of their cells. */
const table = async (where: Page, name: string): Promise<string[][]> => {
  const rows = await where.getByRole('table', { name, exact: true }).locator('tbody tr').all()
  return await Promise.all(rows.map((row) => row.locator('td').allInnerTexts()))
}

/** Looks at it in both themes, at 390 pixels, and for what a stranger's text did. */
async function inspectOnly(where: Page, name: string): Promise<void> {
  await it.picture(where, name)
  expect(await it.axe(where)).toEqual([])
  expect(await where.evaluate('window.pwned')).toBeUndefined()
  await where.setViewportSize({ width: 390, height: 844 })
  await where.waitForTimeout(300)
  expect(Number(await where.evaluate('document.documentElement.scrollWidth'))).toBeLessThanOrEqual(390)
  await it.picture(where, `${name}-390`)
  await where.setViewportSize({ width: 1_280, height: 900 })
  expect(it.complaints.filter((one) => !one.includes('401'))).toEqual([])
}

async function inspect(where: Page, name: string): Promise<void> {
  await inspectOnly(where, name)
  await where.close()
}

test('Speed shows the 75th percentile of each measure with its rating, and which pages it comes from', async () => {
  const screen = await it.open('/speed')
  // Of 1, 2, 3 and 5 s: a quarter of the way from the third to the fourth.
  const lcp = screen.locator('[data-speed=LCP]')
  await expect.poll(() => lcp.locator('[data-p75]').innerText()).toBe('3.50 s')
  expect(await lcp.innerText()).toContain('Needs improvement')
  expect(await lcp.innerText()).toContain('Good 50%, Needs improvement 25%, Poor 25%')
  const cls = await screen.locator('[data-speed=CLS]').innerText()
  expect(cls).toContain('0.05')
  expect(cls).toContain('Good')
  expect(await screen.locator('[data-speed=INP]').innerText()).toContain('No samples')
  await screen.getByText('4.75 s to 5.00 s: 1 samples').waitFor({ state: 'attached' })
  await expect
    .poll(() => table(screen, 'Page'))
    .toEqual([['/', 'Needs improvement', '3.50 s', '2.50 s', '4.70 s', '50%', '4']])
  await screen.getByRole('button', { name: 'Device' }).click()
  await expect.poll(() => table(screen, 'Device').then(([row]) => row?.[0])).toBe('Desktop')
  await screen.locator('[data-speed=Load]').click()
  // Four of 1.2 s and three of 0.9 s.
  await expect.poll(() => table(screen, 'Device').then(([row]) => row?.[2])).toBe('1.20 s')
  expect(screen.url()).toContain('measure=Load')
  await screen.goBack()
  await inspect(screen, 'speed')
})

test('Journeys draws every way to its end, and the table counts the sessions of each path', async () => {
  const screen = await it.open('/journeys')
  // The stranger's only page was not viewed, so it is no step.
  const paths = [
    ['/ → /pricing', '3', '75%', '3'],
    ['/', '1', '25%', '1'],
  ]
  await expect.poll(() => table(screen, 'Most taken paths')).toEqual(paths)
  await screen.getByText('A drawing of 4 sessions').waitFor({ state: 'attached' })
  await screen.getByRole('checkbox', { name: 'With custom events' }).check()
  await expect
    .poll(() => table(screen, 'Most taken paths').then((rows) => rows.map(([path, sessions]) => [path, sessions])))
    .toEqual([
      ['/ → /pricing → signup', '2'],
      [script, '1'],
      ['/', '1'],
      ['/ → /pricing', '1'],
    ])
  await inspectOnly(screen, 'journeys')
  await screen.getByRole('textbox', { name: 'Begin at' }).fill('/pricing')
  await screen.getByRole('button', { name: 'Show' }).click()
  await expect
    .poll(() => table(screen, 'Most taken paths').then((rows) => rows.map(([path, sessions]) => [path, sessions])))
    .toEqual([
      ['/pricing → signup', '2'],
      ['/pricing', '1'],
    ])
  expect(screen.url()).toContain('start=page:/pricing')
  await screen.close()
})

test('Heat map counts the clicks of each cell, and who lost patience with which element', async () => {
  const screen = await it.open('/heat-map?page=/pricing')
  const cells = screen.locator('svg [data-clicks]')
  // Four clicks on the button lie within one cell.
  await expect
    .poll(() => cells.evaluateAll((all) => all.map((one) => one.getAttribute('data-clicks'))))
    .toEqual(['4', '1'])
  expect(await screen.locator('[data-figure="Clicks"]').innerText()).toBe('5')
  expect(await screen.locator('[data-figure="Sessions"]').innerText()).toBe('3')
  expect(await screen.locator('[data-figure="Window, median"]').innerText()).toBe('1,280 × 800')
  await expect
    .poll(() => table(screen, 'Most clicked elements'))
    .toEqual([
      // Dead are all: nothing but the same button follows within three seconds.
      ['#buy', 'Buy now', '4', '2', '1', '4'],
      ['#hostile', script, '1', '1', '0', '1'],
    ])
  await inspectOnly(screen, 'heat-map')
  await screen.getByLabel('Page', { exact: true }).selectOption('/')
  await screen.getByText('No clicks on this page in this period').first().waitFor()
  await screen.close()
})

test('Content tells how each page is read, and of one page its course and how far down people come', async () => {
  const screen = await it.open('/content')
  // The stranger's page was not viewed, but a session began and ended there.
  await expect
    .poll(() => table(screen, 'Pages'))
    .toEqual([
      // 20 s of three visits and the 2 s to the last event of the one that stayed; depths of 25, 50, 75 and 100.
      ['/', '4', '4', '4', '1', '0%', '16s', '62.5%'],
      // 5.4 s, 20 s and 20 s.
      ['/pricing', '3', '3', '0', '3', '–', '15s', '–'],
      [new URL(hostilePage).pathname, '0', '0', '1', '1', '0%', '–', '–'],
    ])
  await inspectOnly(screen, 'content')
  await screen.getByRole('button', { name: '/', exact: true }).click()
  const one = screen.getByRole('dialog')
  await expect
    .poll(() => one.locator('[data-depth]').allInnerTexts())
    .toEqual(['A quarter\n100%', 'Half\n75%', 'Three quarters\n50%', 'To the end\n25%'])
  const today = new Date().toISOString().slice(0, 10)
  const visitsToday = lcpOfVisit.filter((_, visit) =>
    new Date(startMs + visit * 60_000).toISOString().startsWith(today),
  )
  expect(await one.getByRole('slider').getAttribute('aria-valuetext')).toMatch(new RegExp(`: ${visitsToday.length}$`))
  await inspectOnly(screen, 'content-page')
  await one.getByRole('button', { name: 'Filter everything by this page' }).click()
  await screen.keyboard.press('Escape')
  await screen.getByRole('list', { name: 'Filters' }).getByText('Page is /').waitFor()
  await screen.close()
})

test('Events counts what happened by name, and shows the properties of one with their values', async () => {
  const screen = await it.open('/events')
  const rows = [
    ['Web vital', 'Automatic', '8', '29.6%', '4', '4', 'new'],
    ['Page view', 'Automatic', '7', '25.9%', '4', '4', 'new'],
    ['Click', 'Automatic', '5', '18.5%', '3', '3', 'new'],
    ['Scroll', 'Automatic', '4', '14.8%', '4', '4', 'new'],
    ['signup', 'Custom', '2', '7.4%', '2', '2', 'new'],
    [script, 'Custom', '1', '3.7%', '1', '1', 'new'],
  ]
  await expect.poll(() => table(screen, 'Events')).toEqual(rows)
  await inspectOnly(screen, 'events')
  await screen.getByRole('button', { name: script }).focus()
  await screen.keyboard.press('Enter')
  await screen.getByRole('region', { name: '<b>key</b>' }).getByText('{{7*7}}').waitFor()
  await inspectOnly(screen, 'events-one')
  await screen.keyboard.press('Escape')
  await screen.getByRole('searchbox').fill('sign')
  await expect.poll(() => table(screen, 'Events').then((found) => found.map(([name]) => name))).toEqual(['signup'])
  await screen.getByRole('button', { name: 'signup' }).click()
  await screen.getByRole('region', { name: 'plan' }).getByRole('button', { name: /^pro/ }).click()
  await expect.poll(() => screen.url()).toContain('f=is,property:plan,pro')
  await screen.keyboard.press('Escape')
  await screen.getByRole('list', { name: 'Filters' }).getByText('plan is pro').waitFor()
  await screen.close()
})

test('Users lists people, and each name leads to all that one of them did, which an address alone shows too', async () => {
  const screen = await it.open('/users?list=visitors')
  await expect
    .poll(() => table(screen, 'People').then((rows) => rows.map(([id]) => id).toSorted()))
    .toEqual(['visitor-0', 'visitor-1', 'visitor-2', 'visitor-3', 'visitor-9'])
  await screen.getByRole('link', { name: 'visitor-2' }).click()
  const did = screen.getByRole('list', { name: 'Timeline' })
  // By their times; the two vitals are of the same moment.
  const anyVital = expect.stringMatching(/^(LCP|CLS)$/)
  await expect
    .poll(async () => (await did.locator('summary').allInnerTexts()).map((text) => text.split('\n')[0]))
    .toEqual(['Page view', anyVital, anyVital, 'Scroll', 'Page view', 'Click', 'signup'])
  await expect.poll(() => screen.locator('[data-figure="Events"]').innerText()).toBe('7')
  await inspectOnly(screen, 'users-timeline')
  await screen.close()
  const hostileOne = await it.open('/users?visitor=visitor-9')
  await hostileOne.locator('summary').click()
  await hostileOne.getByText('onerror="window.pwned=1"').first().waitFor()
  expect(await hostileOne.evaluate('window.pwned')).toBeUndefined()
  await hostileOne.close()
  const retention = await it.open('/retention?cut=day&f=is,event_name,signup')
  const newOnes = async () => (await table(retention, 'Retention')).reduce((sum, [count]) => sum + Number(count), 0)
  await expect.poll(newOnes).toBe(2)
  await retention.close()
})

test('paper is white whatever the theme, says what is looked at, and has no navigation', async () => {
  const paper = await it.open('/overview?f=is,device,desktop')
  await paper.emulateMedia({ media: 'print', colorScheme: 'dark' })
  await paper.locator('html[data-theme=light]').waitFor()
  expect(await paper.getByRole('navigation').isVisible()).toBe(false)
  await paper.getByText(/All sites · .* · days of UTC · Device is Desktop/).waitFor()
  await paper.screenshot({ path: '.cache/screenshots/overview-paper.png', fullPage: true })
  await paper.close()
})

test('sites of several time zones say whose days are shown, and one of them can be chosen', async () => {
  const zones = `insert into site (company_id, name, kind, time_zone)
    select company_id, name || ' ' || n, kind, case when n < 9 then 'Asia/Tokyo' else 'Europe/Vienna' end
    from site, generate_series(1, 9) n where name = 'Server'`
  await it.db.query(zones)
  const screen = await it.open('/content')
  // Most sites lie in Tokyo.
  await screen.getByText('days of Asia/Tokyo').first().waitFor()
  await screen.getByRole('button', { name: /^Period/ }).click()
  await screen.getByLabel('Days of the time zone').selectOption('Europe/Vienna')
  await screen.locator('header').getByText('days of Europe/Vienna').waitFor()
  expect(screen.url()).toContain('zone=Europe/Vienna')
  expect(await it.axe(screen)).toEqual([])
  await screen.close()
})
