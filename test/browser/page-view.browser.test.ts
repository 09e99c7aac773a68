import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTrackedSite, type TrackedSite } from '../support/tracked-site.ts'

let it: TrackedSite
beforeAll(async () => {
  it = await openTrackedSite()
})
afterAll(() => it?.[Symbol.asyncDispose]())

test('a page that is opened is stored once, with device, place and load time', async () => {
  const { key, siteId } = await it.newKey()
  const url = it.site.put('/first', { html: `<!doctype html><title>First</title>${it.tag(key, 'data-auto="page" data-debug')}` })
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
  })
  await context.close()
})
