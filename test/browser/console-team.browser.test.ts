import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bots } from '../../bin/simulate/devices.ts'
import { backfill } from '../../bin/simulate/plan.ts'
import { openConsole, type TestConsole } from '../support/console.ts'

const hostile = '<img src=x onerror="alert(1)">\u202e"\''
const bob = { email: 'bob@example.com', password: 'quite another phrase' }

let it: TestConsole
beforeAll(async () => {
  it = await openConsole()
})
afterAll(() => it?.[Symbol.asyncDispose]())

/** A browser of somebody else, without cookies. */
const elsewhere = () => it.browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' })

/** Fills the form of an invitation made by the admin, and answers with the link. */
async function invite(page: Page, email: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite' }).click()
  await page.getByLabel('E-mail').fill(email)
  await page.getByRole('button', { name: 'Make the link' }).click()
  const link = await page.getByRole('figure', { name: 'The link' }).locator('pre').innerText()
  await page.getByRole('button', { name: 'Done' }).click()
  return link
}

const rolesStored = () =>
  it.db.query<{ email: string; role: string }>(
    'select p.email, m.role from membership m join person p using (person_id) order by 1',
  )

test('somebody invited joins by the link once, is promoted and removed, and the log says by whom', async () => {
  const page = await it.open('/team')
  const link = await invite(page, bob.email)
  expect(link.startsWith(`${it.url}/join#`)).toBe(true)
  await page.getByRole('button', { name: `Take back the invitation of ${bob.email}` }).waitFor()

  const other = await elsewhere()
  const joining = await other.newPage()
  let alerts = 0
  joining.on('dialog', (dialog) => {
    alerts += 1
    void dialog.dismiss()
  })
  await joining.goto(link)
  await joining.getByText(`${bob.email} was invited as viewer.`).waitFor()
  expect(await it.axe(joining)).toEqual([])
  await it.picture(joining, 'join')
  await joining.getByLabel('Your name').fill(hostile)
  await joining.getByLabel('Choose a password').fill(bob.password)
  await joining.getByRole('button', { name: 'Join' }).click()
  await joining.getByRole('navigation').waitFor()
  await joining.goto(`${it.url}/team`)
  await joining.getByRole('cell', { name: 'ada@example.com' }).waitFor()
  expect(await joining.getByRole('button', { name: /Invite|Remove/ }).count()).toBe(0)
  expect(await joining.getByRole('heading', { name: 'What was changed' }).count()).toBe(0)

  await page.reload()
  await page.getByRole('cell', { name: hostile }).waitFor()
  expect(await page.locator('img[src=x]').count()).toBe(0)
  await page.getByLabel(`Role of ${bob.email}`).selectOption('Editor')
  await expect.poll(rolesStored).toContainEqual({ email: bob.email, role: 'editor' })
  await page.getByRole('cell', { name: 'PeopleService.ChangeRole' }).waitFor()
  expect(await it.axe(page)).toEqual([])
  await it.picture(page, 'team')

  const again = await other.newPage()
  await again.goto(link)
  await again.getByRole('alert').waitFor()
  await again.close()

  await page.getByRole('button', { name: `Remove ${bob.email}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  expect((await rolesStored()).map(({ email }) => email)).toEqual(['ada@example.com'])
  const rows = await page
    .getByRole('region', { name: 'What was changed', exact: true })
    .getByRole('row')
    .allInnerTexts()
  for (const rpc of ['InviteMember', 'AcceptInvitation', 'ChangeRole', 'RemoveMember']) {
    const who = rpc === 'AcceptInvitation' ? bob.email : 'ada@example.com'
    expect(rows.filter((row) => row.includes(`PeopleService.${rpc}`) && row.includes(who))).toHaveLength(1)
  }
  // Five seconds, as promised, and time for the page to ask.
  await joining.waitForTimeout(6_000)
  await joining.reload()
  await joining.getByLabel('Password').waitFor()
  expect(alerts).toBe(0)
  await other.close()
  await page.close()
})

test('the last admin stays one, and is told so', async () => {
  const page = await it.open('/team')
  await page.getByLabel('Role of ada@example.com').selectOption('Viewer')
  await page.getByRole('alert').waitFor()
  expect(await page.getByLabel('Role of ada@example.com').inputValue()).toBe('3')
  expect(await rolesStored()).toContainEqual({ email: 'ada@example.com', role: 'admin' })
  await page.close()
})

test('an invitation that is taken back opens nothing', async () => {
  const page = await it.open('/team')
  const link = await invite(page, 'eve@example.com')
  await page.getByRole('button', { name: 'Take back the invitation of eve@example.com' }).click()
  await page.getByRole('heading', { name: 'Open invitations' }).waitFor({ state: 'detached' })
  const other = await elsewhere()
  const joining = await other.newPage()
  await joining.goto(link)
  await joining.getByRole('alert').waitFor()
  expect(await joining.getByLabel('Choose a password').count()).toBe(0)
  await other.close()
  await page.close()
})

const shareable = [
  'Overview',
  'Pages',
  'Content',
  'Sources',
  'Journeys',
  'Heat map',
  'Speed',
  'Funnels',
  'Experiments',
  'Retention',
]
/** Nothing is loading, and nothing fades any more. */
const settled = async (page: Page) => {
  await page.locator('.skeleton, [aria-busy="true"]').first().waitFor({ state: 'detached' })
  await page.waitForTimeout(300)
}
const visitorsShown = (page: Page) =>
  expect.poll(() => page.locator('[data-measure=visitors] [data-value]').innerText(), { timeout: 20_000 })

test('a shared link shows the view that was shared and no more, without a sign-in, until it is ended', async () => {
  const view = (visitor: number, path: string) => ({
    eventTime: new Date(Date.now() - 60_000).toISOString(),
    sessionId: `s-${visitor}`,
    visitorId: `v-${visitor}`,
    page: { url: `https://example.com${path}`, title: hostile },
    pageView: {},
  })
  await it.send([view(1, '/pricing'), view(2, '/pricing'), view(3, '/blog'), view(4, '/blog'), view(5, '/blog')])
  const page = await it.open('/overview?period=day&f=is,page,/pricing&behind=totals')
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await visitorsShown(page).toBe('2')
  await page.getByRole('button', { name: 'Share' }).click()
  const dialog = page.getByRole('dialog', { name: 'Share this view' })
  await dialog.getByLabel('What it is called').fill(hostile)
  await dialog.getByLabel('Only what matches Page is /pricing').waitFor()
  expect(await it.axe(page)).toEqual([])
  await it.picture(page, 'share')
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const address = await dialog.getByRole('figure', { name: 'The link' }).locator('pre').innerText()
  await dialog.getByRole('button', { name: 'Done' }).click()

  const other = await elsewhere()
  const reading = await other.newPage()
  const asked: string[] = []
  reading.on('request', (request) => asked.push(request.url()))
  await reading.goto(address)
  await visitorsShown(reading).toBe('2')
  expect(reading.url()).toBe(`${it.url}/overview?period=day`)
  expect(asked.filter((url) => url.includes('ufl_') || /Segment|ListS|People|Admin/.test(url))).toEqual([])
  await reading.getByRole('list', { name: 'Filters' }).getByText('Page is /pricing').waitFor()
  expect(await reading.getByRole('button', { name: /^Remove|Share|Clear|behind/ }).count()).toBe(0)
  const names = await reading.getByRole('navigation').getByRole('link').allInnerTexts()
  expect(names).toEqual(shareable)
  await settled(reading)
  expect(await reading.locator('img[src=x]').count()).toBe(0)
  expect(await it.axe(reading)).toEqual([])
  await it.picture(reading, 'shared-view')
  await reading.setViewportSize({ width: 390, height: 844 })
  expect(await reading.locator('html').evaluate((html) => html.scrollWidth)).toBeLessThanOrEqual(390)
  await reading.setViewportSize({ width: 1280, height: 900 })
  for (const name of names.slice(1)) {
    await reading.getByRole('navigation').getByRole('link', { name }).click()
    await reading.getByRole('heading', { level: 1, name }).waitFor()
    await settled(reading)
    expect([name, await reading.getByRole('alert').allInnerTexts()]).toEqual([name, []])
  }
  await reading.goto(`${it.url}/users`)
  await reading.getByText('This link does not show this screen').waitFor()

  const list = await it.open('/settings')
  const row = list.getByRole('row').filter({ hasText: '1 filter' })
  await row.getByText(hostile).waitFor()
  await row.scrollIntoViewIfNeeded()
  await it.picture(list, 'settings-links')
  await row.getByRole('button').click()
  await list.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click()
  await list.getByText('Nothing is shared').waitFor()
  await expect
    .poll(() => reading.reload().then(() => reading.getByText('This link cannot be opened').count()), {
      timeout: 10_000,
      interval: 1_000,
    })
    .toBe(1)
  await it.picture(reading, 'shared-ended')
  for (const one of [page, list]) await one.close()
  await other.close()
})

test('one button fills a demo shop of its own up to now, by the way of every other event', async () => {
  const page = await it.open('/sites')
  const panel = page.getByRole('region', { name: 'Demo data' })
  await panel.getByRole('button', { name: 'Fill the demo shop' }).click()
  await panel.getByRole('progressbar').waitFor()
  expect(await it.axe(page)).toEqual([])
  await it.picture(page, 'demo-filling')
  await panel.getByText(/^Filled with/).waitFor({ timeout: 90_000 })
  const [site] = await it.db.query<{ site_id: number; demo_until: Date }>(
    'select site_id, demo_until from site where demo_until is not null',
  )
  const plan = [...backfill({ seed: '7', users: 500, days: 30, untilMs: site!.demo_until.getTime() })]
  const stored = () =>
    it.db.query<{ n: number }>('select count(*)::int as n from user_events where site_id = $1', [site!.site_id])
  await expect.poll(async () => (await stored())[0]!.n, { timeout: 60_000 }).toBe(plan.length)
  await panel.getByRole('link', { name: 'Look at the demo shop' }).click()
  const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000
  const visitorsSince = (ms: number) => {
    const people = plan.filter(({ timeMs, event }) => timeMs >= ms && !bots.includes(event.device?.userAgent ?? ''))
    return new Set(people.map(({ event }) => event.visitorId)).size.toLocaleString('en')
  }
  await visitorsShown(page).toBe(visitorsSince(midnight - 29 * 86_400_000))
  await page.goto(`${it.url}/overview?site=${site!.site_id}&period=day`)
  await visitorsShown(page).toBe(visitorsSince(midnight))
  await page.goto(`${it.url}/pages?site=${site!.site_id}&period=30d`)
  await page.getByRole('cell', { name: '/', exact: true }).waitFor()
  await page.close()
}, 180_000)

test('a password that was given is asked to be changed, and then no more', async () => {
  await it.db.query('update person set must_change_password = true')
  const page = await it.open('/settings')
  const dialog = page.getByRole('dialog', { name: 'Change password' })
  await dialog.getByText('Choose one of your own').waitFor()
  await dialog.getByLabel('Present password').fill('a long enough phrase')
  await dialog.getByLabel('New password').fill('a phrase of my own')
  await dialog.getByRole('button', { name: 'Change' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('heading', { name: 'Settings' }).waitFor()
  expect(await dialog.count()).toBe(0)
  await page.close()
})

test('settings: a theme stays chosen, 390 px are enough, and signing out everywhere ends every browser', async () => {
  const page = await it.open('/settings')
  await page.getByText('ada@example.com').last().waitFor()
  expect(await it.axe(page)).toEqual([])
  await it.picture(page, 'settings')
  await page.getByRole('group', { name: 'Theme' }).last().getByRole('button', { name: 'Dark' }).click()
  await page.locator('html[data-theme=dark]').waitFor()
  await page.reload()
  await page.locator('html[data-theme=dark]').waitFor()
  await page.getByRole('group', { name: 'Theme' }).last().getByRole('button', { name: 'System' }).click()
  for (const path of ['/team', '/settings']) {
    const small = await it.open(path, { width: 390, height: 844 })
    expect(await small.locator('html').evaluate((html) => html.scrollWidth)).toBeLessThanOrEqual(390)
    await it.picture(small, `${path.slice(1)}-390`)
    await small.close()
  }
  await page.getByRole('main').getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
  await page.getByLabel('Password').waitFor()
  await page.reload()
  await page.getByLabel('Password').waitFor()
  const open = `select 1 from sign_in join person using (person_id) where email = 'ada@example.com' and ended_at is null`
  expect(await it.db.query(open)).toEqual([])
  await page.close()
})
