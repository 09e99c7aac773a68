import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConsole, type TestConsole } from '../support/console.ts'

// Forty visitors; who does what follows from their number, and is counted here a second time.

const chrome =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'
const hostile = `<img src=x onerror="window.pwned=1">`

const visitors = Array.from({ length: 40 }, (_, at) => ({
  at,
  variant: at % 10 === 0 || at % 10 === 2 ? hostile : 'control',
  sees: at % 2 === 0,
  signs: at % 4 === 0,
}))
const sees = visitors.filter((one) => one.sees)
const signs = visitors.filter((one) => one.signs)

const eventsOf = ({ at, variant, sees: prices, signs: signup }: (typeof visitors)[number]): object[] => {
  const minute = (after: number): string => new Date(Date.now() - 7_200_000 + (at + after) * 60_000).toISOString()
  const own = {
    visitorId: `visitor-${at}`,
    sessionId: `session-${at}`,
    device: { userAgent: chrome },
    experiments: [{ experimentId: `price ${hostile}`, variant }],
  }
  return [
    { ...own, eventTime: minute(0), page: { url: 'https://example.com/' }, pageView: {} },
    ...(prices ? [{ ...own, eventTime: minute(2), page: { url: 'https://example.com/pricing' }, pageView: {} }] : []),
    ...(signup ? [{ ...own, eventTime: minute(5), custom: { name: hostile } }] : []),
  ]
}

let it: TestConsole
beforeAll(async () => {
  it = await openConsole()
  await it.send(visitors.flatMap(eventsOf))
})
afterAll(() => it?.[Symbol.asyncDispose]())

const isHarmed = (page: Page): Promise<unknown> => page.evaluate('window.pwned')
const twice = (text: string): string => encodeURIComponent(encodeURIComponent(text))
const week = 'period=7d'
const way = `${week}&step=is,page,%252F&step=is,page,%252Fpricing&step=is,event_name,${twice(hostile)}`

const numberOf = (page: Page, name: string): Promise<string> => page.locator(`[data-figure="${name}"]`).innerText()

test('a funnel counts who reached each step and who left before it, and says how long it took', async () => {
  const page = await it.open(`/funnels?${way}`)
  const step = (at: number): Promise<string> => page.locator(`[data-step="${at}"]`).innerText()
  await expect.poll(() => step(3), { timeout: 15_000 }).toContain(`${signs.length} reached this step`)
  expect(await step(1)).toContain(`${visitors.length} reached this step`)
  expect(await step(2)).toContain(`${sees.length} reached this step`)
  expect(await step(2)).toContain(`${visitors.length - sees.length} left before it`)
  expect(await step(3)).toContain(`${sees.length - signs.length} left before it`)
  expect(await step(3)).toContain(`Event name is ${hostile}`)
  expect(await numberOf(page, 'Reached the last step')).toContain('25%')
  expect(await numberOf(page, 'Median time to the end')).toBe('5m 00s')
  await it.picture(page, 'funnels')
  expect(await it.axe(page)).toEqual([])
  await page.getByRole('button', { name: `${sees.length - signs.length} left before it` }).click()
  const people = page.getByRole('dialog')
  await people.getByText(`${sees.length - signs.length} in all`).waitFor()
  const shown = await people.locator('tbody tr td:first-child').allInnerTexts()
  const expected = sees.filter((one) => !one.signs).map(({ at }) => `visitor-${at}`)
  expect(shown.toSorted()).toEqual(expected.toSorted())
  await it.picture(page, 'funnels-members')
  expect(await it.axe(page)).toEqual([])
  expect(await isHarmed(page)).toBeUndefined()
  await page.close()
})

test('a funnel is built from nothing, by the keyboard too, and stands in the address', async () => {
  const page = await it.open(`/funnels?${week}`)
  await page.getByText('A funnel has two steps or more').waitFor()
  for (const path of ['/', '/pricing']) {
    await page.getByRole('button', { name: 'Add a step' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Value').fill(path)
    await page.keyboard.press('Enter')
    await page.getByRole('list', { name: 'Steps of the way' }).getByText(`Page is ${path}`, { exact: true }).waitFor()
  }
  await expect.poll(() => numberOf(page, 'Reached the last step'), { timeout: 15_000 }).toContain('50%')
  await page.getByLabel('Who goes').selectOption('Signed-in users')
  await page.getByText('Nobody entered in this period').waitFor()
  expect(page.url()).toContain('who=user')
  await page.close()
})

test('a funnel is saved under a name, opens by its link alone, is changed, renamed and deleted', async () => {
  const page = await it.open(`/funnels?${way}`)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByLabel('Name').fill(`Buying ${hostile}`)
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
  const bar = page.getByRole('region', { name: 'The saved funnel' })
  await bar.getByText(`Buying ${hostile}`).waitFor()
  const id = new URL(page.url()).searchParams.get('saved') ?? ''
  await bar.getByRole('button', { name: 'All saved funnels' }).click()
  const list = page.getByRole('table', { name: 'Saved funnels' })
  expect(await list.innerText()).toContain(`Page is / → Page is /pricing → Event name is ${hostile}`)
  await it.picture(page, 'funnels-list')
  expect(await it.axe(page)).toEqual([])
  await page.close()

  const other = await it.open(`/funnels?${week}&saved=${id}`)
  await expect.poll(() => numberOf(other, 'Reached the last step'), { timeout: 15_000 }).toContain('25%')
  expect(other.url()).toContain('step=')
  await other.getByRole('button', { name: 'Remove step 3' }).click()
  const opened = other.getByRole('region', { name: 'The saved funnel' })
  await opened.getByText('Differs from what is saved').waitFor()
  await it.picture(other, 'funnels-differs')
  await opened.getByRole('button', { name: 'Save the change' }).click()
  await opened.getByText('by ada@example.com').waitFor()
  await opened.getByRole('button', { name: 'Rename' }).click()
  await other.getByLabel('Name', { exact: true }).fill('Looking')
  await other.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click()
  await opened.getByText('Looking').waitFor()
  const kept = await it.db.query<{ name: string; steps: number }>(
    `select name, jsonb_array_length(definition -> 'steps') as steps from saved_funnel`,
  )
  expect(kept).toEqual([{ name: 'Looking', steps: 2 }])
  await opened.getByRole('button', { name: 'Delete' }).click()
  await opened.getByRole('button', { name: 'Yes, delete' }).click()
  await other.getByText('No funnel is saved yet').waitFor()
  expect(await isHarmed(other)).toBeUndefined()
  await other.close()
})

test('a cohort is built by what people did, counts them before it is saved, and filters another screen', async () => {
  const page = await it.open(`/cohorts?${week}`)
  await page.getByText('No cohort yet').waitFor()
  await page.getByRole('button', { name: 'New cohort' }).click()
  await page.getByLabel('Name').fill(`Signed up ${hostile}`)
  await expect.poll(() => numberOf(page, 'People it finds in this period'), { timeout: 15_000 }).toBe('40')
  await page.getByRole('button', { name: 'Add a condition to rule 1' }).click()
  await page.getByLabel('What', { exact: true }).selectOption('Event name')
  await page.getByLabel('Value').fill(hostile)
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect.poll(() => numberOf(page, 'People it finds in this period')).toBe(String(signs.length))
  await page.getByLabel('How often, rule 1').selectOption('never')
  await expect.poll(() => numberOf(page, 'People it finds in this period')).toBe(String(visitors.length - signs.length))
  await page.getByLabel('How often, rule 1').selectOption('at least')
  await it.picture(page, 'cohorts-form')
  expect(await it.axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect.poll(() => numberOf(page, 'People in this period'), { timeout: 15_000 }).toBe(String(signs.length))
  const shown = await page.getByRole('dialog').locator('tbody tr td:first-child').allInnerTexts()
  expect(shown.toSorted()).toEqual(signs.map(({ at }) => `visitor-${at}`).toSorted())
  await it.picture(page, 'cohorts-one')
  expect(await it.axe(page)).toEqual([])
  await page.getByRole('button', { name: 'Use as filter' }).click()
  await page.keyboard.press('Escape')
  await page.getByRole('list', { name: 'Filters' }).getByText(`Signed up ${hostile}`).waitFor()
  await it.picture(page, 'cohorts')
  expect(await it.axe(page)).toEqual([])
  await page.getByRole('link', { name: 'Overview' }).click()
  const sessions = page.locator('[data-measure=sessions] [data-value]')
  await expect.poll(() => sessions.innerText(), { timeout: 15_000 }).toBe(String(signs.length))
  expect(await isHarmed(page)).toBeUndefined()
  await page.close()
})

test('an experiment says the rates, the difference and that the variants did not get their shares', async () => {
  const page = await it.open(`/experiments?${week}`)
  await it.picture(page, 'experiments')
  expect(await it.axe(page)).toEqual([])
  await page.getByRole('button', { name: `price ${hostile}` }).click()
  await page.getByRole('button', { name: 'Choose a goal' }).click()
  await page.getByLabel('Value').fill('/pricing')
  await page.keyboard.press('Enter')
  const rows = page.getByRole('region', { name: 'Result', exact: true }).first().locator('tbody tr')
  await expect.poll(() => rows.count(), { timeout: 15_000 }).toBe(2)
  const [control = '', other = ''] = await rows.allInnerTexts()
  const ofControl = visitors.filter((one) => one.variant === 'control')
  const reached = ofControl.filter((one) => one.sees).length
  expect(control).toContain(
    `${ofControl.length}\t${reached}\t${Math.round((reached / ofControl.length) * 1_000) / 10}%`,
  )
  expect(other).toContain(hostile)
  expect(other).toContain('8\t8\t100%')
  expect(other).toContain(`+${((1 - reached / ofControl.length) * 100).toFixed(1)} pp`)
  // Eight and thirty-two instead of twenty each: chi-squared 14.4 with one degree of freedom, so p is 0.00015.
  expect(await page.getByRole('list', { name: 'What to doubt' }).innerText()).toContain('with p under 0.001')
  expect(other).toContain('Do not compare')
  await it.picture(page, 'experiments-one')
  expect(await it.axe(page)).toEqual([])
  expect(await isHarmed(page)).toBeUndefined()
  await page.close()
})

test('none of these screens is wider than a phone', async () => {
  for (const path of [`/funnels?${way}`, `/cohorts?${week}`, `/experiments?${week}&experiment=${twice('x')}`]) {
    const page = await it.open(path, { width: 390, height: 844 })
    expect(Number(await page.evaluate('document.documentElement.scrollWidth')), path).toBeLessThanOrEqual(390)
    await page.close()
  }
})
