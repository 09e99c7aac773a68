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
const hostile = at(9, 0, {
  page: { url: `${site}/${encodeURIComponent(script)}`, title: script },
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

/** The frame around every screen is judged by a test of its own. */
const ofTheFrame = / region:|aria-label="Account"/

/** Looks at it in both themes, at 390 pixels, and for what a stranger's text did. */
async function inspectOnly(where: Page, name: string): Promise<void> {
  await it.picture(where, name)
  expect((await it.axe(where)).filter((found) => !ofTheFrame.test(found))).toEqual([])
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
