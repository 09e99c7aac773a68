import { expect, onTestFinished, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../test/support/gateway.ts'

const recordPath = '/userflow.v1.IngestService/RecordEvents'
const pageView = (more: object = {}) => ({ eventId: crypto.randomUUID(), pageView: {}, ...more })

async function start(config = {}): Promise<TestGateway> {
  const started = await startTestGateway(config)
  onTestFinished(() => started[Symbol.asyncDispose]())
  return started
}

async function post(url: string, body: BodyInit | object, headers: Record<string, string> = {}) {
  const plain = typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: plain ? (body as BodyInit) : JSON.stringify(body),
  })
  return { status: response.status, headers: response.headers, body: await response.json().catch(() => undefined) }
}

test('an event in JSON is accepted and lies on the log', async () => {
  const { http, writeKey, records } = await start()
  const answer = await post(http + recordPath, { events: [pageView()] }, { 'x-api-key': writeKey })
  expect(answer).toMatchObject({ status: 200, body: { accepted: 1, rejected: [] } })
  expect(Object.keys(answer.body)).toEqual(['accepted', 'rejected'])
  expect(await records()).toBe(1)
})
