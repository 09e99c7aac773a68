import { afterAll, beforeAll, expect, test } from 'vitest'
import { postTo, startTestGateway, type TestGateway } from '../../test/support/gateway.ts'

const recordPath = '/userflow.v1.IngestService/RecordEvents'
const overviewPath = '/userflow.v1.AnalyticsService/Overview'
const pageView = () => ({ eventId: crypto.randomUUID(), pageView: {} })
const one = () => ({ events: [pageView()] })

let it: TestGateway
beforeAll(async () => {
  it = await startTestGateway()
})
afterAll(() => it[Symbol.asyncDispose]())

const post = (path: string, body: unknown, headers?: Record<string, string>) => postTo(it.http + path, body, headers)

test('a key with origins works from those pages only', async () => {
  const key = await it.newKey({ origins: ['https://shop.example'] })
  const from = (origin: string) => post(recordPath, one(), { 'x-api-key': key, origin })
  const own = await from('https://shop.example')
  expect(own).toMatchObject({ status: 200, json: { accepted: 1 } })
  expect(own.headers.get('access-control-allow-origin')).toBe('https://shop.example')
  expect(await from('https://evil.example')).toMatchObject({ status: 403, error: 'ORIGIN_NOT_ALLOWED' })
  expect(await from('https://shop.example.evil.example')).toMatchObject({ status: 403 })
  expect(await from('null')).toMatchObject({ status: 403 })
  expect(await post(recordPath, one(), { 'x-api-key': key })).toMatchObject({ status: 200 })
})

test('a secret key in a page of another origin is refused', async () => {
  const from = (origin: string) => post(recordPath, one(), { 'x-api-key': it.secretKey, origin })
  expect(await from('https://evil.example')).toMatchObject({ status: 403, error: 'KEY_NOT_ALLOWED' })
  expect(await from(it.http)).toMatchObject({ status: 200 })
})

test('preflights are answered for addresses that pages may use, and for no others', async () => {
  const ask = (path: string) =>
    fetch(it.http + path, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
    })
  for (const path of [recordPath, '/v1/events']) {
    const response = await ask(path)
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example')
    expect(response.headers.get('access-control-allow-headers')).toContain('x-api-key')
  }
  const reading = await ask(overviewPath)
  expect(reading.status).toBe(405)
  expect(reading.headers.has('access-control-allow-origin')).toBe(false)
})

test('/v1/events takes plain text with the key in the query, as an object or a bare list', async () => {
  for (const body of [one(), [pageView()]]) {
    const type = { 'content-type': 'text/plain;charset=UTF-8' }
    const answer = await post(`/v1/events?key=${it.writeKey}`, body, type)
    expect(answer).toMatchObject({ status: 200, json: { accepted: 1, rejected: [] } })
  }
  const answer = await post('/v1/events?key=nobody', one())
  expect(answer).toMatchObject({ status: 401, json: { code: 'KEY_UNKNOWN', error: 'unauthenticated' } })
  expect(await post('/v1/events', '<a/>', { 'content-type': 'text/html' })).toMatchObject({ status: 415 })
})

test('the pixel always comes, and its event is recorded', async () => {
  const before = await it.records()
  const good = await fetch(`${it.http}/v1/pixel.gif?key=${it.writeKey}&e=opened&url=https://a.example/`)
  expect([good.status, good.headers.get('cache-control'), (await good.bytes()).length]).toEqual([200, 'no-store', 43])
  expect(await it.records()).toBe(before + 1)
  const bad = await fetch(`${it.http}/v1/pixel.gif?key=nobody`)
  expect([bad.status, bad.headers.get('x-userflow-error'), (await bad.bytes()).length]).toEqual([
    200,
    'KEY_UNKNOWN',
    43,
  ])
  const rejected = await fetch(`${it.http}/v1/pixel.gif?key=${it.writeKey}&e=${'n'.repeat(201)}`)
  expect(rejected.headers.get('x-userflow-rejected')).toBe('NAME_TOO_LONG')
})
