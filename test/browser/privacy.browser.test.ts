import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTrackedSite, type TrackedSite, type Visited } from '../support/tracked-site.ts'

let it: TrackedSite
beforeAll(async () => {
  it = await openTrackedSite()
})
afterAll(() => it?.[Symbol.asyncDispose]())

interface Opened extends Visited {
  readonly key: string
  readonly siteId: number
  readonly url: string
}

/** Opens a page of a site of its own. */
async function open(attributes: string, options: Parameters<TrackedSite['visit']>[1] = {}): Promise<Opened> {
  const { key, siteId } = await it.newKey()
  const tag = it.tag(key, `data-debug ${attributes}`)
  const url = it.site.put(`/page-${siteId}`, {
    html: `<!doctype html><title>Page</title>${tag}<body><button>Buy</button><form><input></form>`,
  })
  return { ...(await it.visit(url, options)), key, siteId, url }
}

/** Everything the browser holds for the origins of a page, as the browser itself tells it. */
async function kept(page: Page, context: BrowserContext) {
  const devtools = await context.newCDPSession(page)
  const origin = it.site.origin
  const usage = await devtools.send('Storage.getUsageAndQuota', { origin })
  const { databaseNames } = await devtools.send('IndexedDB.requestDatabaseNames', { securityOrigin: origin })
  const items = async (isLocalStorage: boolean) =>
    (await devtools.send('DOMStorage.getDOMStorageItems', { storageId: { securityOrigin: origin, isLocalStorage } }))
      .entries
  await devtools.send('DOMStorage.enable')
  return {
    cookies: await context.cookies(),
    local: await items(true),
    session: await items(false),
    databases: databaseNames,
    used: usage.usageBreakdown.filter((one) => one.usage > 0).map((one) => one.storageType),
  }
}

const nothing = { cookies: [], local: [], session: [], databases: [], used: [] }
const reasons = ({ console }: Visited) => console.filter((line) => line.startsWith('userflow:'))

test('by default nothing is left in the browser, and visits of the day are one visitor all the same', async () => {
  const visited = await open('data-auto="page,click,scroll,form,hover,keydown,vitals,errors"', {
    watch: /tracker-auto/,
  })
  const { page, context, siteId } = visited
  await page.click('button')
  await page.fill('input', 'words')
  await page.evaluate(
    `userflow.identify('ada'); userflow.experiment('checkout', 'B'); userflow.track('own'); userflow.flush()`,
  )
  await page.waitForTimeout(500)
  await page.reload()
  await page.waitForTimeout(500)
  expect(await kept(page, context)).toEqual(nothing)
  const rows = await it.stored(siteId, 6)
  const views = rows.filter((row) => row.event_type === 'page_view')
  expect(views).toHaveLength(2)
  expect(new Set(rows.map((row) => row.visitor_id)).size).toBe(1)
  expect(new Set(rows.map((row) => row.session_id)).size).toBe(1)
  await context.close()
})

test('data-storage says what is kept: a session for the tab, or a visitor for later', async () => {
  for (const [storage, sessions, visitors] of [
    ['session', 2, 1],
    ['local', 1, 1],
  ] as const) {
    const { page, context, siteId, url } = await open(`data-auto="page" data-storage="${storage}"`)
    await page.waitForTimeout(300)
    await page.reload()
    const other = await context.newPage()
    await other.goto(url)
    await other.waitForTimeout(300)
    const { local, session, cookies } = await kept(page, context)
    expect({
      storage,
      cookies,
      local: local.map(([name]) => name).sort(),
      session: session.map(([name]) => name),
    }).toEqual({
      storage,
      cookies: [],
      local: storage === 'local' ? ['userflow.session', 'userflow.visitor'] : [],
      session: storage === 'session' ? ['userflow.session'] : [],
    })
    const rows = await it.stored(siteId, 3)
    expect(new Set(rows.map((row) => row.session_id)).size).toBe(sessions)
    expect(new Set(rows.map((row) => row.visitor_id)).size).toBe(visitors)
    await page.evaluate('userflow.optOut()')
    expect((await kept(page, context)).local.map(([name]) => name)).toEqual(['userflow.optout'])
    await context.close()
  }
})

test('where consent is required nothing is sent or kept before it, and nothing is left after it was withdrawn', async () => {
  const visited = await open('data-auto="page" data-storage="local" data-consent="required"')
  const { page, context, key, siteId } = visited
  await page.evaluate(`userflow.track('before')`)
  await page.waitForTimeout(1_500)
  expect({ requests: it.passed(key).length, kept: await kept(page, context) }).toEqual({ requests: 0, kept: nothing })
  await page.evaluate(`userflow.consent(true); userflow.consent(true); userflow.track('with'); userflow.flush()`)
  expect((await it.stored(siteId, 2)).map((row) => row.event_name ?? row.event_type)).toEqual(['page_view', 'with'])
  await page.evaluate(`userflow.track('unsent'); userflow.consent(false); userflow.track('after'); userflow.flush()`)
  expect(await it.stored(siteId, 2)).toHaveLength(2)
  const { cookies, local, session } = await kept(page, context)
  expect({ cookies, local, session }).toEqual({ cookies: [], local: [], session: [] })
  expect(reasons(visited).slice(0, 2)).toEqual([
    'userflow: does nothing: no consent',
    'userflow: not recorded: no consent',
  ])
  await context.close()
})

test('a visitor who opted out is not recorded, here and on later pages, until she opts in', async () => {
  const { page, context, key, siteId, url, ...visited } = await open('data-auto="page"')
  await expect.poll(() => it.passed(key).length).toBe(1)
  await page.evaluate(`userflow.track('unsent'); userflow.optOut(); userflow.track('after')`)
  await page.goto(`${url}?later`)
  await page.waitForTimeout(1_500)
  expect(it.passed(key)).toHaveLength(1)
  expect(visited.console).toContain('userflow: does nothing: opted out')
  await page.evaluate(`userflow.optIn()`)
  const rows = await it.stored(siteId, 2)
  expect(rows.map((row) => row.event_type)).toEqual(['page_view', 'page_view'])
  expect(await kept(page, context)).toMatchObject({ local: [] })
  await context.close()
})

test('a browser that asks not to be tracked is not, unless the site says otherwise', async () => {
  const asks = [
    `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })`,
    `Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })`,
  ]
  for (const init of asks) {
    const visited = await open('data-auto="page"', { init })
    await visited.page.waitForTimeout(1_500)
    expect({ requests: it.passed(visited.key).length, told: reasons(visited) }).toEqual({
      requests: 0,
      told: ['userflow: does nothing: do not track'],
    })
    await visited.context.close()
  }
  const { siteId, context } = await open('data-auto="page" data-dnt="ignore"', { init: asks[0] as string })
  expect(await it.stored(siteId, 1)).toHaveLength(1)
  await context.close()
})

test('excluded paths and other domains are not recorded', async () => {
  const excluded = await open('data-auto="page" data-exclude="/none, /page-*"')
  const { page, siteId } = excluded
  await page.evaluate(`history.pushState({}, '', '/other'); userflow.flush()`)
  const rows = await it.stored(siteId, 1)
  expect(rows.map((row) => new URL(String(row.page_url)).pathname)).toEqual(['/other'])
  expect(reasons(excluded)[0]).toBe('userflow: not recorded: excluded path')
  await excluded.context.close()
  const elsewhere = await open('data-auto="page" data-domains="example.com, *.example.com"')
  await elsewhere.page.waitForTimeout(1_500)
  expect({ requests: it.passed(elsewhere.key).length, told: reasons(elsewhere) }).toEqual({
    requests: 0,
    told: ['userflow: does nothing: not one of the domains'],
  })
  await elsewhere.context.close()
})

test('a key that is not for this origin, and a key that was revoked, are told by name, and not tried again', async () => {
  const { key } = await it.newKey(['https://shop.example'])
  const url = it.site.put('/foreign', { html: `<!doctype html>${it.tag(key, 'data-auto="page" data-debug')}` })
  const foreign = await it.visit(url)
  await expect.poll(() => it.passed(key).map(({ status }) => status)).toEqual([403])
  await expect.poll(() => reasons(foreign).join()).toContain('ORIGIN_NOT_ALLOWED')
  await foreign.context.close()

  const revoked = await open('data-auto="page"')
  await expect.poll(() => it.passed(revoked.key).length).toBe(1)
  await it.revoke(revoked.key)
  // A gateway believes what it knows of a key for five seconds.
  await revoked.page.waitForTimeout(5_500)
  await revoked.page.evaluate(`userflow.track('late'); userflow.flush()`)
  await expect.poll(() => it.passed(revoked.key).map(({ status }) => status)).toEqual([200, 401])
  await expect.poll(() => reasons(revoked).join()).toContain('KEY_UNKNOWN')
  await revoked.page.evaluate(`userflow.track('more'); userflow.flush()`)
  await revoked.page.waitForTimeout(1_500)
  expect(it.passed(revoked.key)).toHaveLength(2)
  await revoked.context.close()
})

test('a key above its rate is told when to come back, and everything arrives', async () => {
  const { key, siteId } = await it.newKey()
  await it.db.query('update api_key set events_per_second = 1 where site_id = $1', [siteId])
  const url = it.site.put('/fast', { html: `<!doctype html>${it.tag(key, 'data-auto="" data-debug')}` })
  const { page, context, console } = await it.visit(url)
  // What a key may send at once, whatever its rate.
  const events = Array.from({ length: 1_000 }, () => ({ custom: { name: 'burst' } }))
  await fetch(`${it.front.url}/v1/events?key=${key}`, { method: 'POST', body: JSON.stringify(events) })
  await page.evaluate(`userflow.track('one'); userflow.track('two'); userflow.flush()`)
  const rows = await it.stored(siteId, 1_002)
  expect(rows.slice(1_000).map((row) => row.event_name)).toEqual(['one', 'two'])
  expect(it.passed(key).map(({ status }) => status)).toEqual([200, 429, 200])
  expect(console.join()).toContain('RATE_LIMITED')
  await context.close()
})
