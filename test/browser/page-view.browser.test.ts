import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTrackedSite, type TrackedSite } from '../support/tracked-site.ts'

let it: TrackedSite
beforeAll(async () => {
  it = await openTrackedSite()
})
afterAll(() => it?.[Symbol.asyncDispose]())

const html = (title: string, tag: string, body = ''): string =>
  `<!doctype html><html lang="en"><title>${title}</title>${tag}<body>${body}`

test('a page that is opened is stored once, with device, place and load time', async () => {
  const { key, siteId } = await it.newKey()
  // A page that loads it twice has one tracker.
  const tag = it.tag(key, 'data-auto="page" data-debug')
  const url = it.site.put('/first', { html: html('First', tag + tag) })
  const { context, console } = await it.visit(url)
  const rows = await it.stored(siteId, 1)
  const answers = it.passed(key).map(({ status, answer }) => [status, answer])
  expect({ rows: rows.length, answers, console }).toEqual({
    rows: 1,
    answers: [[200, '{"accepted":1,"rejected":[]}']],
    console: ['userflow: sent 1 accepted 1'],
  })
  expect(rows[0]).toMatchObject({
    event_type: 'page_view',
    page_url: url,
    page_title: 'First',
    device_type: 'desktop',
    browser: 'Chrome',
    country: 'US',
    language: 'pt-BR',
    time_zone: 'Europe/Lisbon',
    screen: '1000x700',
    viewport: '1000x700',
    load_ms: expect.stringMatching(/^[1-9]\d*$/),
    is_bot: false,
  })
  await context.close()
})

test('routes of a script are views, each once, with the route before as referrer and the title they end up with', async () => {
  const { key, siteId } = await it.newKey()
  const url = it.site.put('/app', { html: html('Start', it.tag(key, 'data-auto="page"')) })
  const { page, context } = await it.visit(url)
  await page.evaluate(`(async () => {
    const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const go = async (path, title) => {
      history.pushState({}, '', path)
      // Frameworks set the title after the address.
      await rest(20)
      document.title = title
      await rest(200)
    }
    await go('/app/list', 'List')
    history.replaceState({ page: 2 }, '', '/app/list')
    await go('/app/item?id=7', 'Item')
    // Two routes in a row without a pause between them are two views.
    history.pushState({}, '', '/app/quick')
    history.pushState({}, '', '/app/end')
    await rest(200)
    // A place on the page is no page; a route behind "#" is one.
    location.hash = 'section'
    await rest(200)
    location.hash = '#/route'
    await rest(200)
    history.back()
    await rest(300)
  })()`)
  const rows = await it.stored(siteId, 7)
  const origin = it.site.origin
  expect(rows.map((row) => [row.page_url, row.page_title, row.last_page_url])).toEqual([
    [`${origin}/app`, 'Start', null],
    [`${origin}/app/list`, 'List', `${origin}/app`],
    [`${origin}/app/item?id=7`, 'Item', `${origin}/app/list`],
    [`${origin}/app/quick`, 'Item', `${origin}/app/item?id=7`],
    [`${origin}/app/end`, 'Item', `${origin}/app/quick`],
    [`${origin}/app/end#/route`, 'Item', `${origin}/app/end`],
    [`${origin}/app/end#section`, 'Item', `${origin}/app/end#/route`],
  ])
  expect(rows.map((row) => Number(row.sequence))).toEqual([1, 2, 3, 4, 5, 6, 7])
  await context.close()
})

test('calls made before the script was there keep their times and apply to the first view', async () => {
  const { key, siteId } = await it.newKey()
  // As the document shows it.
  const document = await readFile(join(import.meta.dirname, '../../docs/tracker.md'), 'utf8')
  const [snippet = ''] = /^<script>\n[^`]*<\/script>$/m.exec(document) ?? []
  const calls = `<script>userflow.identify('ada'); userflow.experiment('checkout', 'B'); userflow.track('early', { plan: 'pro' }); const late = userflow.track;
    const until = Date.now() + 50; while (Date.now() < until);</script>`
  const url = it.site.put('/early', { html: html('Early', snippet + calls + it.tag(key, 'data-auto="page"')) })
  const { page, context } = await it.visit(url)
  // A function taken from the snippet goes on working.
  await page.evaluate(`late('later', { n: 1 }); userflow.flush()`)
  const rows = await it.stored(siteId, 3)
  expect(rows.map((row) => [row.event_name ?? row.event_type, row.user_id, row.experiments, row.metadata])).toEqual([
    ['early', 'ada', expect.anything(), { plan: 'pro' }],
    ['page_view', 'ada', expect.anything(), null],
    ['later', 'ada', expect.anything(), { n: 1 }],
  ])
  expect(JSON.stringify(rows[1]?.experiments)).toContain('checkout')
  const [early, view] = rows.map((row) => Number(row.event_timestamp))
  expect(Number(view) - Number(early)).toBeGreaterThanOrEqual(50)
  await context.close()
})

test('a strict content security policy needs no exception but the address of the gateway', async () => {
  const { key, siteId } = await it.newKey()
  const policy = `default-src 'none'; script-src ${it.front.url}; connect-src ${it.front.url}; require-trusted-types-for 'script'`
  const url = it.site.put('/strict', {
    html: html('Strict', it.tag(key, 'data-debug data-storage="local"'), '<button>Buy</button>'),
    headers: { 'content-security-policy': policy },
  })
  const { page, context, console } = await it.visit(url)
  await page.waitForTimeout(500)
  await page.click('button')
  await page.goto('about:blank')
  const rows = await it.stored(siteId, 4)
  const kinds = new Set(rows.map((row) => row.event_type))
  expect([...kinds].sort()).toEqual(['click', 'page_view', 'web_vital'])
  expect(console.filter((line) => !line.startsWith('userflow: sent'))).toEqual([])
  await context.close()
})

test('a hostile page hurts neither itself nor its events', async () => {
  const { key, siteId } = await it.newKey()
  const url = it.site.put('/hostile', { html: html('Hostile', it.tag(key, 'data-auto="page" data-debug')) })
  const init = `Array.prototype.toJSON = () => 'ours'; Object.prototype.polluted = 'yes'`
  const { page, context, console } = await it.visit(url, { init })
  await page.waitForFunction('window.userflow?.track')
  await page.evaluate(`
    const { stringify } = JSON
    JSON.stringify = () => { throw new Error('not yours') }
    window.fetch = () => { throw new Error('not yours') }
    history.pushState = () => {}
    userflow.experiment('checkout', 'B')
    userflow.track('own', Object.defineProperty({ constructor: 'c' }, '__proto__', { value: 'p', enumerable: true }))
    userflow.track('throws', { get boom() { throw new Error('boom') } })
    userflow.track('huge', { text: 'x'.repeat(100000) })
    userflow.track('long', { text: 'y'.repeat(9000) })
    const ring = {}; ring.ring = ring
    userflow.track('ring', ring)
    userflow.track('big', { n: 10n })
    userflow.track(Symbol('s'))
    userflow.track('')
    userflow.track()
    userflow.track('list', ['a'])
    document.title = '"pageView":{} ' + 'z'.repeat(20000)
    userflow.page({ surrogate: '\\ud800', nul: '\\0' })
    userflow.flush()
  `)
  const rows = await it.stored(siteId, 4)
  expect(rows.map((row) => row.event_name ?? row.event_type)).toEqual(['page_view', 'own', 'Symbol(s)', 'page_view'])
  expect(rows[1]?.metadata).toMatchObject({ constructor: 'c', __proto__: 'p' })
  expect(rows[3]?.page_title).toHaveLength(2_000)
  expect(console.filter((line) => !line.startsWith('userflow:'))).toEqual([])
  const dropped = console.filter((line) => /boom|too large|circular|BigInt/.test(line))
  expect(dropped).toHaveLength(4)
  const reasons = console.flatMap((line) => /not accepted .*reason: (\w+)/.exec(line)?.[1] ?? [])
  expect(reasons.sort()).toEqual(['EVENT_UNDECODABLE', 'FIELD_REQUIRED', 'FIELD_REQUIRED', 'TEXT_TOO_LONG'])
  await context.close()
})

test('a page from the back-forward cache is a view again', async () => {
  const { key, siteId } = await it.newKey()
  const first = it.site.put('/one', { html: html('One', it.tag(key, 'data-auto="page"')) })
  const second = it.site.put('/two', { html: html('Two', '') })
  const { page, context } = await it.visit(first)
  await page.evaluate('window.stayed = true')
  await page.goto(second)
  // No load follows, as nothing is loaded.
  await page.goBack({ waitUntil: 'commit' })
  expect(await page.evaluate('window.stayed')).toBe(true)
  const rows = await it.stored(siteId, 2)
  expect(rows.map((row) => [row.page_url, row.load_ms !== null])).toEqual([
    [first, true],
    [first, false],
  ])
  await context.close()
})
