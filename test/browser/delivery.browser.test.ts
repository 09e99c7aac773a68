import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTrackedSite, type StoredRow, type TrackedSite } from '../support/tracked-site.ts'

let it: TrackedSite
beforeAll(async () => {
  it = await openTrackedSite()
})
afterAll(() => it?.[Symbol.asyncDispose]())
beforeEach(() => {
  it.front.refusal = undefined
})

const name = (row: StoredRow): string => row.event_name ?? row.event_type

/** How many events IndexedDB holds; 0 if there is no database. */
const countKept = `new Promise(async (resolve) => {
  if (!(await indexedDB.databases()).some(({ name }) => name === 'userflow')) return resolve(0)
  const open = indexedDB.open('userflow')
  open.onsuccess = () => {
    const count = open.result.transaction('events').objectStore('events').count()
    count.onsuccess = () => { open.result.close(); resolve(count.result) }
  }
})`

/** A page that records nothing by itself, so that a test knows every event. */
async function quietPage(attributes = '', options: Parameters<TrackedSite['visit']>[1] = {}) {
  const { key, siteId } = await it.newKey()
  const tag = it.tag(key, `data-auto="" data-debug ${attributes}`)
  const url = it.site.put(`/quiet-${siteId}`, { html: `<!doctype html><title>Quiet</title>${tag}` })
  const visited = await it.visit(url, options)
  return { ...visited, key, siteId, url }
}

test('a page that closes right after a click loses nothing', async () => {
  const { key, siteId } = await it.newKey()
  const tag = it.tag(key, 'data-auto="page,click"')
  const url = it.site.put('/close', { html: `<!doctype html><title>Close</title>${tag}<body><button>Buy</button>` })
  const visits = 5
  for (let i = 0; i < visits; i++) {
    const { page, context } = await it.visit(url, { watch: /tracker-auto/ })
    await page.click('button')
    await page.close({ runBeforeUnload: i % 2 === 1 })
    await new Promise((resolve) => setTimeout(resolve, 300))
    await context.close()
  }
  const rows = await it.stored(siteId, 2 * visits)
  expect(rows.map(name).sort()).toEqual([...Array(visits).fill('click'), ...Array(visits).fill('page_view')])
})

test('leaving for another page, with more than a request may hold, loses nothing and counts nothing twice', async () => {
  const { page, context, siteId, url } = await quietPage()
  await page.evaluate(`for (let i = 0; i < 45; i++) userflow.track('n' + i, { i })`)
  await page.goto(`${url}?next`)
  const rows = await it.stored(siteId, 45)
  expect(rows.map(name)).toEqual(Array.from({ length: 45 }, (_, i) => `n${i}`))
  expect(rows.map((row) => Number(row.sequence))).toEqual(Array.from({ length: 45 }, (_, i) => i + 1))
  await context.close()
})

test('a hidden page has sent what it had, by requests that outlive it', async () => {
  const init = `const real = fetch; window.inits = []; window.fetch = (to, how) => (inits.push(how), real(to, how))`
  const { page, context, siteId } = await quietPage('', { init })
  // Nothing is sent by time.
  await page.evaluate(`
    window.setTimeout = () => 0
    userflow.track('before')
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
    userflow.track('while')`)
  const rows = await it.stored(siteId, 2)
  expect(rows.map(name)).toEqual(['before', 'while'])
  const outlive = await page.evaluate('inits.map(({ keepalive }) => keepalive)')
  expect(new Set(outlive as boolean[])).toEqual(new Set([true]))
  await context.close()
})

test('events of a time without a network are sent when it is back, with their own times and in order', async () => {
  const { page, context, siteId, console } = await quietPage()
  await page.waitForTimeout(200)
  await context.setOffline(true)
  for (const one of ['first', 'second', 'third']) {
    await page.evaluate(`userflow.track('${one}'); userflow.flush()`)
    await page.waitForTimeout(700)
  }
  expect(await it.stored(siteId, 0)).toEqual([])
  const backAtMs = Date.now()
  await context.setOffline(false)
  const rows = await it.stored(siteId, 3)
  expect(rows.map(name)).toEqual(['first', 'second', 'third'])
  for (const row of rows) expect(Number(row.event_timestamp)).toBeLessThan(backAtMs - 1_000)
  // One try, of which the browser itself says that it failed; then silence until the network is back.
  expect(console.filter((line) => !line.startsWith('userflow:'))).toEqual([expect.stringContaining('ERR_INTERNET')])
  await context.close()
})

test('a busy gateway is left alone as long as it asks, and then gets the same events once', async () => {
  const { page, context, key, siteId } = await quietPage()
  it.front.refusal = { status: 429, retryAfter: '2' }
  await page.evaluate(`userflow.track('patient'); userflow.flush()`)
  const refused = () => it.passed(key).length
  await expect.poll(refused).toBe(1)
  const refusedAtMs = Date.now()
  // What comes meanwhile does not break the silence.
  await page.evaluate(`for (let i = 0; i < 30; i++) userflow.track('more')`)
  await page.waitForTimeout(1_000)
  expect(refused()).toBe(1)
  it.front.refusal = undefined
  const rows = await it.stored(siteId, 31)
  expect(rows).toHaveLength(31)
  const [first, second] = it.passed(key)
  expect(Date.now() - refusedAtMs).toBeGreaterThan(1_500)
  const ids = (body = '') =>
    (JSON.parse(body) as { events: { eventId: string }[] }).events.map(({ eventId }) => eventId)
  expect(ids(second?.body)[0]).toBe(ids(first?.body)[0])
  await context.close()
})

test('an answer that was lost costs nothing: the same events are sent again and count once', async () => {
  const { page, context, key, siteId } = await quietPage()
  await page.route('**/v1/events*', async (route) => {
    await route.fetch()
    await route.abort()
    await page.unrouteAll()
  })
  await page.evaluate(`userflow.track('twice'); userflow.flush()`)
  await expect.poll(() => it.passed(key).length, { timeout: 15_000 }).toBe(2)
  expect((await it.stored(siteId, 1)).map(name)).toEqual(['twice'])
  await context.close()
})

test('with data-storage="local" what could not be sent is sent by the next page', async () => {
  const { page, context, siteId, url } = await quietPage('data-storage="local"')
  await page.waitForTimeout(300)
  it.front.refusal = { status: 503 }
  await page.evaluate(`userflow.track('kept', { n: 1 }); userflow.flush()`)
  await page.waitForTimeout(500)
  await page.evaluate(`userflow.track('kept too')`)
  await page.waitForTimeout(200)
  await page.goto('about:blank')
  await page.waitForTimeout(200)
  it.front.refusal = undefined
  expect(await it.stored(siteId, 0)).toEqual([])
  await page.goto(url)
  const rows = await it.stored(siteId, 2)
  expect(rows.map(name)).toEqual(['kept', 'kept too'])
  expect(new Set(rows.map((row) => row.session_id)).size).toBe(1)
  expect(rows.map((row) => Number(row.sequence))).toEqual([1, 2])
  expect(await page.evaluate(countKept)).toBe(0)
  await context.close()
})

test('what was kept is gone when the visitor opts out, also on a later page', async () => {
  const { page, context, siteId, url } = await quietPage('data-storage="local"')
  await page.waitForTimeout(300)
  it.front.refusal = { status: 503 }
  await page.evaluate(`userflow.track('kept'); userflow.flush()`)
  await page.waitForTimeout(500)
  expect(await page.evaluate(countKept)).toBe(1)
  await context.setOffline(true)
  await page.evaluate('userflow.optOut()')
  await expect.poll(() => page.evaluate('indexedDB.databases()')).toEqual([])
  await context.setOffline(false)
  it.front.refusal = undefined
  await page.goto(url)
  expect(await it.stored(siteId, 0)).toEqual([])
  await context.close()
})

test('a queue that nobody empties is bounded, and the oldest go first', async () => {
  const { page, context, siteId, console } = await quietPage()
  await context.setOffline(true)
  await page.evaluate(`userflow.track('before'); userflow.flush()`)
  await expect.poll(() => console.join()).toContain('not sent')
  await page.evaluate(`for (let i = 0; i < 519; i++) userflow.track('n' + i)`)
  expect(console.filter((line) => line.includes('dropped'))).toHaveLength(20)
  await context.setOffline(false)
  const rows = await it.stored(siteId, 500)
  expect({ many: rows.length, first: rows.map(name)[0] }).toEqual({ many: 500, first: 'n19' })
  await context.close()
})
