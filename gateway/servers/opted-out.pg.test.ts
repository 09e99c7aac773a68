import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { postTo, startTestGateway, type TestGateway } from '../../test/support/gateway.ts'

const recordPath = '/userflow.v1.IngestService/RecordEvents'
const batch = () => ({ events: [{ eventId: crypto.randomUUID(), pageView: {} }, { nonsense: 1 }] })

let it: TestGateway
let unasked: string
let before: number
let respectful: { write: string; secret: string }
beforeAll(async () => {
  it = await startTestGateway()
  respectful = { write: await it.newKey(), secret: await it.newKey({ kind: 'secret' }) }
  await it.db.query('update site set respect_do_not_track = true')
  unasked = await it.newKey()
})
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(async () => {
  before = await it.records()
})

const refused = { status: 403, error: 'VISITOR_OPTED_OUT' }

test.each([['sec-gpc'], ['dnt']])(
  '%s: nothing is kept of a visitor who asks for it, at any door of browsers',
  async (header) => {
    const asks = { [header]: '1' }
    expect(await postTo(it.http + recordPath, batch(), { 'x-api-key': respectful.write, ...asks })).toMatchObject(
      refused,
    )
    const beacon = await postTo(`${it.http}/v1/events?key=${respectful.write}`, batch(), asks)
    expect(beacon).toMatchObject({ ...refused, json: { code: 'VISITOR_OPTED_OUT', error: 'permission_denied' } })
    const pixel = await fetch(`${it.http}/v1/pixel.gif?key=${respectful.write}`, { headers: asks })
    expect([pixel.status, pixel.headers.get('x-userflow-error')]).toEqual([200, 'VISITOR_OPTED_OUT'])
    expect(await it.records()).toBe(before)
  },
)

test('visitors who do not ask, servers, and sites that were not asked to listen are recorded', async () => {
  const post = (key: string, headers: Record<string, string>) =>
    postTo(it.http + recordPath, batch(), { 'x-api-key': key, ...headers })
  for (const headers of [{}, { 'sec-gpc': '0', dnt: '0' }, { dnt: 'null' }] as Record<string, string>[]) {
    expect(await post(respectful.write, headers)).toMatchObject({ status: 200, json: { accepted: 1 } })
  }
  expect(await post(respectful.secret, { dnt: '1' })).toMatchObject({ status: 200 })
  expect(await post(unasked, { dnt: '1', 'sec-gpc': '1' })).toMatchObject({ status: 200 })
  expect(await it.records()).toBe(before + 10)
})
