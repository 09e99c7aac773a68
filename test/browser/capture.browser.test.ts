import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTrackedSite, type StoredRow, type TrackedSite, type Visited } from '../support/tracked-site.ts'

let it: TrackedSite
beforeAll(async () => {
  it = await openTrackedSite()
})
afterAll(() => it?.[Symbol.asyncDispose]())

/** Opens a page with this body and waits for the part that records by itself. */
async function open(body: string, auto: string): Promise<Visited & { readonly siteId: number; readonly key: string }> {
  const { key, siteId } = await it.newKey()
  const path = `/page-${siteId}`
  const tag = it.tag(key, `data-auto="${auto}" data-debug`)
  const url = it.site.put(path, { html: `<!doctype html><title>Page</title>${tag}<body style="margin:0">${body}` })
  const part = /tracker-auto/
  const visited = await it.visit(url, { watch: part })
  return { ...visited, siteId, key }
}

/** Sends what waits, and reads what was stored besides views. */
async function after({ page, siteId }: { page: Page; siteId: number }, many: number): Promise<StoredRow[]> {
  await page.evaluate('userflow.flush()')
  return (await it.stored(siteId, many)).filter((row) => row.event_type !== 'page_view')
}

const name = (row: StoredRow): string => row.event_name ?? row.event_type

test('a click tells what was clicked, in words and by a selector that finds it again, where, and where it leads', async () => {
  const visited = await open(
    `<nav id="menu"><a href="/a">A</a><a href="/pricing?email=ada@example.com#x" onclick="return false"><b>Our</b>
       prices <span style="display:none">hidden</span></a></nav>
     <div class="card css-1x9ab active"><button style="position:absolute;left:300px;top:200px;width:100px;height:40px">
       <img alt="Cart" src="data:,"> Buy ${'now '.repeat(60)}</button></div>
     <p style="position:absolute;top:300px">Private words</p>
     <input type="text" aria-label="Name" value="Secret" style="position:absolute;top:400px">
     <div contenteditable style="position:absolute;top:450px"><button>Drafted</button></div>
     <label style="position:absolute;top:500px"><b>Note</b> <textarea>Old words</textarea>
       <select><option>Chosen</option></select><i data-userflow-ignore>Theirs</i></label>`,
    'click',
  )
  const { page } = visited
  const targets = ['nav a:nth-of-type(2)', 'div.card button', 'p', 'input', '[contenteditable] button', 'label b']
  for (const target of targets) await page.click(target)
  const rows = await after(visited, 7)
  expect(rows.map((row) => [row.element_type, row.element_text, row.element_selector, row.target_url])).toEqual([
    ['a', 'Our prices', '#menu > a:nth-of-type(2)', `${it.site.origin}/pricing`],
    ['button', expect.stringMatching(/^Cart Buy now now/), 'body > div.card.active:nth-of-type(1) > button', null],
    ['p', null, 'body > p', null],
    ['input:text', 'Name', 'body > input', null],
    ['button', null, 'body > div:nth-of-type(2) > button', null],
    ['label', 'Note', 'body > label', null],
    // What a browser clicks for the label.
    ['textarea', null, 'body > label > textarea', null],
  ])
  expect(rows[1]?.element_text).toHaveLength(100)
  expect([Number(rows[1]?.x_coordinate), Number(rows[1]?.y_coordinate)]).toEqual([350, 220])
  for (const row of rows) expect(await page.locator(String(row.element_selector)).count()).toBe(1)
  await visited.context.close()
})

test('what a page marks to be ignored is, and what it names becomes an event with its properties', async () => {
  const visited = await open(
    `<div data-userflow-ignore><button id="quiet">Quiet</button></div>
     <div data-userflow-event="plan_chosen" data-userflow-plan="pro" data-userflow-price-shown="12">
       <button id="named">Choose</button></div>
     <div id="host"></div><script>
       host.attachShadow({ mode: 'open' }).innerHTML = '<button>In the shadow</button>'
       document.addEventListener('click', (event) => event.stopImmediatePropagation(), true)
     </script>`,
    'click',
  )
  for (const target of ['#quiet', '#named', '#host button']) await visited.page.click(target)
  const rows = await after(visited, 3)
  expect(rows.map((row) => [name(row), row.element_text, row.metadata])).toEqual([
    ['click', 'Choose', null],
    ['plan_chosen', null, { plan: 'pro', priceShown: '12' }],
    ['click', 'In the shadow', null],
  ])
  await visited.context.close()
})

test('scrolling is told at each quarter that is passed, once, and again on a new route', async () => {
  const visited = await open('<div style="height:6930px"></div>', 'scroll')
  const { page } = visited
  const to = async (y: number) => {
    await page.evaluate(`scrollTo(0, ${y})`)
    await page.waitForTimeout(400)
  }
  for (const y of [100, 1_100, 1_200, 2_800, 0, 2_800, 6_230]) await to(y)
  await page.evaluate(`history.pushState({}, '', '/next'); scrollTo(0, 0)`)
  await to(2_000)
  const rows = await after(visited, 4)
  expect(rows.map((row) => [new URL(String(row.page_url)).pathname.split('-')[0], Number(row.value)])).toEqual([
    ['/page', 25],
    ['/page', 50],
    ['/page', 100],
    ['/next', 38],
  ])
  await visited.context.close()
})

test('of a form is told that it was seen, begun and sent, and what was typed is nowhere in the database', async () => {
  const visited = await open(
    `<form id="signup" action="/submit?token=tok-8812" data-userflow-event="signed_up">
       <input name="id" aria-label="Id"><input name="action" value="act-8812"><input type="password" name="p">
       <textarea name="t">old-8812</textarea><select name="s"><option>opt-8812</option></select>
       <input type="hidden" value="hid-8812"><button>Send</button></form>
     <div style="height:3000px"></div><form id="below"><input></form>
     <form data-userflow-ignore><input id="unseen"></form>`,
    'click,form,hover,keydown',
  )
  const { page } = visited
  await page.evaluate(`document.querySelector('#signup').addEventListener('submit', (e) => e.preventDefault())`)
  await page.click('[name=id]')
  await page.keyboard.type('typed-8812')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Control+a')
  await page.click('[name=p]')
  await page.keyboard.type('pass-8812')
  await page.fill('textarea', 'area-8812')
  await page.selectOption('select', 'opt-8812')
  await page.waitForTimeout(300)
  await page.click('#signup button')
  const rows = await after(visited, 10)
  const ofForms = rows.filter((row) => !['click', 'keydown'].includes(row.event_type))
  expect(ofForms.map(name)).toEqual(['form_view', 'form_start', 'form_submit', 'signed_up'])
  expect(rows.find((row) => row.event_type === 'form_submit')).toMatchObject({
    element_selector: '#signup',
    element_text: null,
    target_url: `${it.site.origin}/submit`,
  })
  expect(Number(rows.find((row) => row.event_type === 'form_submit')?.duration_ms)).toBeGreaterThan(300)
  const everything =
    JSON.stringify(rows) +
    it
      .passed(visited.key)
      .map(({ body }) => body)
      .join()
  expect(everything).not.toContain('8812')
  const [held] = await it.db.query<{ found: string }>(
    `select count(*) as found from stored_events e where e::text like '%8812%'`,
  )
  expect(Number(held?.found)).toBe(0)
  await visited.context.close()
})

test('keys are counted by their kind, hovers from a second on, and uncaught errors told once', async () => {
  const visited = await open(
    `<input id="search"><button id="rest" style="position:absolute;top:300px">Rest</button>
     <script>function fail() { throw new Error('It broke: ' + 'x'.repeat(300)) }</script>`,
    'hover,keydown,errors',
  )
  const { page } = visited
  await page.focus('#search')
  await page.keyboard.type('ab c')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Control+z')
  await page.keyboard.press('F2')
  await page.keyboard.press('Enter')
  await page.hover('#rest')
  await page.waitForTimeout(1_200)
  await page.mouse.move(900, 600)
  await page.evaluate(`setTimeout(fail); setTimeout(fail); setTimeout(() => Promise.reject(new Error('And this')))`)
  await page.waitForTimeout(200)
  await page.evaluate(`document.querySelector('#search').blur()`)
  const rows = await after(visited, 8)
  const keys = rows.filter((row) => row.event_type === 'keydown').map((row) => [row.event_name, Number(row.value)])
  expect(keys).toEqual([
    ['character', 4],
    ['delete', 1],
    ['shortcut', 1],
    ['other', 1],
    ['enter', 1],
  ])
  const hover = rows.find((row) => row.event_type === 'hover')
  expect(hover).toMatchObject({ element_selector: '#rest', element_text: 'Rest' })
  expect(Number(hover?.duration_ms)).toBeGreaterThanOrEqual(1_000)
  const errors = rows.filter((row) => row.event_name === 'error').map((row) => row.metadata)
  expect(errors).toEqual([
    {
      message: expect.stringMatching(/^Uncaught Error: It broke: x+$/),
      file: expect.stringContaining('/page-'),
      line: 2,
    },
    { message: 'And this', file: '', line: 0 },
  ])
  expect((errors[0] as { message: string }).message).toHaveLength(200)
  await visited.context.close()
})

test('the measures of speed of a real visit are stored', async () => {
  const visited = await open(
    '<h1>Large words</h1><button onclick="const until = Date.now() + 120; while (Date.now() < until);">Work</button>',
    'page,click,vitals',
  )
  await visited.page.click('button')
  // The library looks at interactions when the page is idle, within a second.
  await visited.page.waitForTimeout(1_500)
  await visited.page.goto('about:blank')
  const rows = await it.stored(visited.siteId, 7)
  const vitals = rows.filter((row) => row.event_type === 'web_vital')
  expect(vitals.map((row) => row.event_name).sort()).toEqual(['CLS', 'FCP', 'INP', 'LCP', 'TTFB'])
  for (const vital of vitals) expect(Number(vital.value)).toBeGreaterThanOrEqual(0)
  expect(visited.console.filter((line) => !line.startsWith('userflow: sent'))).toEqual([])
  await visited.context.close()
})
