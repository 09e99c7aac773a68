import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConsole, type TestConsole } from '../support/console.ts'

// What was sent is counted here a second time, by hand; the screens must show these numbers.

const dayMs = 86_400_000
const agents = {
  desktop:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  mobile:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
}
const sources = ['newsletter', 'partner', '']
const paths = ['/', '/pricing', '/blog']

interface Visit {
  readonly daysAgo: number
  readonly visitor: number
  readonly source: string
  readonly device: keyof typeof agents
  readonly views: number
}

/** Every day 5 to 9 visitors; who is there on a day, and what they do, follows from their number. */
const visits: readonly Visit[] = Array.from({ length: 14 }, (_, daysAgo) =>
  Array.from({ length: 5 + (daysAgo % 5) }, (_, at): Visit => {
    const visitor = at * 3 + (daysAgo % 3)
    return {
      daysAgo,
      visitor,
      source: sources[visitor % 3] as string,
      device: visitor % 4 === 0 ? 'mobile' : 'desktop',
      views: 1 + (visitor % 3),
    }
  }),
).flat()

/** Half a minute after midnight, so that today's have happened whenever the test runs. */
const startOf = ({ daysAgo, visitor }: Visit): number =>
  Math.floor(Date.now() / dayMs) * dayMs - daysAgo * dayMs + 30_000 + visitor * 100

const eventsOf = (visit: Visit): object[] =>
  Array.from({ length: visit.views }, (_, view) => ({
    eventTime: new Date(startOf(visit) + view * 5_000).toISOString(),
    sessionId: `s-${visit.daysAgo}-${visit.visitor}`,
    visitorId: `v-${visit.visitor}`,
    page: {
      url: `https://example.com${paths[view]}${visit.source ? `?utm_source=${visit.source}` : ''}`,
      title: `Page ${view}`,
    },
    device: { userAgent: agents[visit.device] },
    pageView: {},
  }))

function totals(some: readonly Visit[]) {
  const views = some.reduce((sum, visit) => sum + visit.views, 0)
  return {
    visitors: String(new Set(some.map(({ visitor }) => visitor)).size),
    sessions: String(some.length),
    page_views: String(views),
    pages_per_session: (views / some.length).toFixed(2),
    bounce_rate: `${Math.round((some.filter((visit) => visit.views === 1).length / some.length) * 1_000) / 10}%`,
  }
}

const week = visits.filter(({ daysAgo }) => daysAgo < 7)

let it: TestConsole
beforeAll(async () => {
  it = await openConsole()
  await it.send(visits.flatMap(eventsOf))
})
afterAll(() => it?.[Symbol.asyncDispose]())

async function cards(page: Page): Promise<Record<string, string>> {
  const names = Object.keys(totals(week))
  const values = await Promise.all(names.map((name) => page.locator(`[data-measure=${name}] [data-value]`).innerText()))
  return Object.fromEntries(names.map((name, at) => [name, values[at] as string]))
}

const shows = (page: Page, some: readonly Visit[]) =>
  expect.poll(() => cards(page), { timeout: 20_000 }).toEqual(totals(some))

/** Name and number of each row of a panel. */
async function rows(page: Page, panel: string): Promise<Record<string, string>> {
  const texts = await page.getByRole('region', { name: panel, exact: true }).getByRole('listitem').allInnerTexts()
  return Object.fromEntries(
    texts.map((text) =>
      text
        .split('\n')
        .map((part) => part.trim())
        .filter(Boolean),
    ) as [string, string][],
  )
}

test('the cards show what was sent, and the change against the week before', async () => {
  const page = await it.open('/')
  await shows(page, week)
  const before = visits.filter(({ daysAgo }) => daysAgo >= 7)
  const percent = ((week.length - before.length) / before.length) * 100
  const change = await page.locator('[data-measure=sessions]').innerText()
  expect(change).toContain(`${Math.round(Math.abs(percent) * 10) / 10}%`)
  expect(change).toContain(percent > 0 ? 'up' : 'down')
  await page.close()
})

test('panels count the visitors of each value, and other values by their tabs', async () => {
  const page = await it.open('/overview')
  const count = (of: (visit: Visit) => boolean): string =>
    String(new Set(week.filter(of).map(({ visitor }) => visitor)).size)
  await expect
    .poll(() => rows(page, 'Pages'))
    .toEqual({
      '/': count(() => true),
      '/pricing': count(({ views }) => views > 1),
      '/blog': count(({ views }) => views > 2),
    })
  await expect
    .poll(() => rows(page, 'Devices'))
    .toEqual({
      Desktop: count(({ device }) => device === 'desktop'),
      Mobile: count(({ device }) => device === 'mobile'),
    })
  await page.getByRole('button', { name: 'UTM source' }).click()
  await expect
    .poll(() => rows(page, 'Sources'))
    .toEqual({
      newsletter: count(({ source }) => source === 'newsletter'),
      partner: count(({ source }) => source === 'partner'),
      '(none)': count(({ source }) => source === ''),
    })
  await page.close()
})

test('a click on a row filters everything, Back undoes it, and the address alone restores it in a new browser', async () => {
  const page = await it.open('/overview')
  await page
    .getByRole('region', { name: 'Devices', exact: true })
    .getByRole('button', { name: /^Mobile/ })
    .click()
  const mobile = week.filter(({ device }) => device === 'mobile')
  await shows(page, mobile)
  await expect.poll(() => rows(page, 'Devices')).toEqual({ Mobile: totals(mobile).visitors })
  expect(page.url()).toContain('f=is,device,mobile')
  const elsewhere = await it.browser.newContext({ timezoneId: 'UTC' })
  const other = await elsewhere.newPage()
  await other.goto(page.url())
  await it.signIn(other)
  await shows(other, mobile)
  expect(await other.getByRole('list', { name: 'Filters' }).innerText()).toContain('Device is Mobile')
  expect(other.url()).toBe(page.url())
  await elsewhere.close()
  await page.goBack()
  await shows(page, week)
  await page.close()
})

test('the chart says each interval to whoever moves through it by keys; the last one is still coming in', async () => {
  const page = await it.open('/overview?metric=sessions')
  const chart = page.getByRole('slider')
  await chart.focus()
  await page.keyboard.press('ArrowLeft')
  const today = week.filter(({ daysAgo }) => daysAgo === 0)
  expect(await chart.getAttribute('aria-valuetext')).toMatch(new RegExp(`: ${today.length}$`))
  await expect.poll(() => page.getByText('Still coming in').count()).toBe(1)
  await page.keyboard.press('ArrowLeft')
  const yesterday = week.filter(({ daysAgo }) => daysAgo === 1)
  expect(await chart.getAttribute('aria-valuetext')).toMatch(new RegExp(`: ${yesterday.length}$`))
  expect(await page.getByText(/complete to \d\d:\d\d:\d\d/).count()).toBe(1)
  await page.close()
})

test('a note is added at an interval of the chart, marks it, says itself as text, is changed and deleted', async () => {
  const page = await it.open('/overview')
  const hostile = `<img src=x onerror="window.pwned=1">`
  await page.getByText('No notes in this period').waitFor()
  const chart = page.getByRole('slider')
  await chart.focus()
  for (const key of ['ArrowLeft', 'ArrowLeft', 'Enter']) await page.keyboard.press(key)
  await page.getByLabel('What happened').fill(`Release ${hostile}`)
  expect(await it.axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  const notes = page.getByRole('list', { name: 'Notes' }).getByRole('button')
  const patient = { timeout: 15_000 }
  const shown = (count: number) => expect.poll(() => notes.count(), patient).toBe(count)
  await shown(1)
  expect(await notes.innerText()).toContain(`Release ${hostile}`)
  const [kept] = await it.db.query<{ at: Date; author: string }>('select at, author from annotation')
  const yesterday = Math.floor(Date.now() / dayMs) * dayMs - dayMs
  expect([kept?.at.getTime(), kept?.author]).toEqual([yesterday, 'ada@example.com'])
  await page.keyboard.press('Escape')
  await chart.focus()
  for (const key of ['ArrowRight', 'ArrowLeft']) await page.keyboard.press(key)
  expect(await chart.getAttribute('aria-valuetext')).toContain(`Release ${hostile}`)
  await page.getByRole('button', { name: 'Add a note' }).click()
  await page.getByLabel('What happened').fill('Campaign')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await shown(2)
  await it.picture(page, 'overview-notes')
  expect(await it.axe(page)).toEqual([])
  await notes.first().click()
  await page.getByLabel('What happened').fill('Release 2')
  await page.getByLabel('When').fill(new Date(yesterday - dayMs).toISOString().slice(0, 16))
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.poll(() => notes.first().innerText(), patient).toContain('Release 2')
  await notes.first().click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Yes, delete' }).click()
  await expect.poll(() => notes.allInnerTexts(), patient).toEqual([expect.stringContaining('Campaign')])
  expect(await page.evaluate('window.pwned')).toBeUndefined()
  await page.close()
})

test('one key chooses a period, and the comparison; a base of zero is new', async () => {
  const page = await it.open('/overview')
  await page.keyboard.press('e')
  await shows(
    page,
    week.filter(({ daysAgo }) => daysAgo === 1),
  )
  expect(page.url()).toContain('period=yesterday')
  await page.keyboard.press('t')
  await shows(page, visits)
  // Nothing was sent in the thirty days before.
  expect(await page.locator('[data-measure=visitors]').innerText()).toContain('new')
  await page.keyboard.press('x')
  await expect.poll(() => page.locator('[data-measure=visitors]').innerText()).not.toContain('new')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.keyboard.type('go sess')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/sessions')
  expect(page.url()).toContain('period=30d')
  await page.close()
})

test('behind a number are its sessions, the statement that was run, and a line that answers the same', async () => {
  const page = await it.open('/overview?behind=totals')
  const drawer = page.getByRole('dialog')
  await expect.poll(() => drawer.getByRole('listitem').count()).toBe(20)
  await drawer.getByRole('button', { name: 'SQL' }).click()
  await drawer.getByText('rollup_events_hourly').first().waitFor()
  await drawer.getByRole('button', { name: 'curl' }).click()
  const line = await drawer.getByRole('figure').locator('pre').innerText()
  const [, address = '', body = ''] = /curl -sS '([^']+)'[\s\S]*-d '([^']+)'/.exec(line) ?? []
  const headers = { 'content-type': 'application/json', 'x-api-key': it.keys.secretKey }
  const answer = (await (await fetch(address, { method: 'POST', headers, body })).json()) as { sessions: number }
  expect(answer.sessions).toBe(week.length)
  await page.close()
})

test('the overview at 1,280 pixels shows cards and chart without scrolling, and nothing moves while it loads', async () => {
  const page = await it.context.newPage()
  await page.setViewportSize({ width: 1_280, height: 720 })
  await page.goto(`${it.url}/overview`)
  const chart = await page.getByRole('slider').boundingBox()
  await page.waitForTimeout(1_000)
  expect((chart?.y ?? 0) + (chart?.height ?? 9_999)).toBeLessThanOrEqual(720)
  expect(await page.evaluate('window.shifts')).toEqual([])
  await page.close()
})

test('nothing is asked before the sites, whose days it is about, are known; then each question once', async () => {
  const page = await it.context.newPage()
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/userflow.v1.AnalyticsService/')) asked.push(request.url() + request.postData())
  })
  const { promise: known, resolve: tellSites } = Promise.withResolvers<void>()
  await page.route('**/ListSites', async (route) => {
    await known
    await route.continue()
  })
  const awaited = page.waitForRequest('**/ListSites')
  await page.goto(`${it.url}/overview?period=yesterday`)
  await awaited
  await page.waitForTimeout(500)
  expect(asked).toEqual([])
  tellSites()
  await page.getByRole('slider').waitFor()
  await page.waitForLoadState('networkidle')
  expect(asked).toHaveLength(6)
  expect(new Set(asked).size).toBe(6)
  await page.close()
})
