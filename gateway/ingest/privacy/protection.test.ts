import { expect, test } from 'vitest'
import { decodeRecord, eventBytesOf } from '../../../eventlog/record.ts'
import type { Key } from '../../keys.ts'
import type { Privacy } from '../../privacy.ts'
import { eventFromJson } from '../event-from-json.ts'
import { judge } from '../judge.ts'
import { type RawEvent, rawBytes } from '../raw-event.ts'
import { bytesOf, type EventInit, sampleEvent, sampleKey, samplePrivacy, sampleSender } from '../sample.case.ts'
import { EventScan } from '../validate/event-scan.ts'
import { describeVisit } from '../visit.ts'

const strict: Partial<Privacy> = { queryParameters: ['ref'], deniedProperties: ['mail'], cookieless: true }
const salt = Buffer.alloc(32, 1)

function judged(raw: RawEvent, privacy: Partial<Privacy>, kind: Key['kind'] = 'write') {
  const sender = sampleSender({ key: sampleKey({ kind, privacy: samplePrivacy(privacy) }) })
  const visit = describeVisit(sender, undefined, salt)
  const one = judge(raw, 0, { scan: new EventScan(), visit, partitions: 4 })
  const value = Buffer.from(one.record!.value)
  const decoded = decodeRecord(value)
  if (!decoded.ok) throw new Error(decoded.message)
  return { ...one, value, envelope: decoded.envelope, visit }
}

const secretive = (change: object = {}): EventInit =>
  sampleEvent({
    visitorId: 'cookie-sesame',
    page: { url: 'https://joe:sesame@example.com/?token=sesame&ref=1', title: 'A', referrer: '/#code=sesame' },
    action: { case: 'click', value: { element: { selector: '#buy' }, targetUrl: '/next?mail=sesame' } },
    properties: { plan: 'pro', mail: 'sesame', list: [{ mail: { a: 'sesame' }, kept: 1 }] },
    ...change,
  } as EventInit)

test('what the site does not keep is nowhere in the record of an accepted event, and the rest is as it was sent', () => {
  const { envelope, rejection, value, visit } = judged(rawBytes(bytesOf(secretive())), strict)
  expect(rejection).toBeUndefined()
  expect(value.includes('sesame')).toBe(false)
  expect(envelope.visitorId).toBe(visit.visitorBy(visit.userAgent))
  const kept = bytesOf(
    secretive({
      visitorId: '',
      page: { url: 'https://example.com/?ref=1', title: 'A', referrer: '/' },
      action: { case: 'click', value: { element: { selector: '#buy' }, targetUrl: '/next' } },
      properties: { plan: 'pro', list: [{ kept: 1 }] },
    }),
  )
  expect(eventBytesOf(value)).toEqual(kept)
})

test('a site without wishes keeps every byte', () => {
  const bytes = bytesOf(secretive())
  for (const kind of ['write', 'secret'] as const) {
    const { value, envelope } = judged(rawBytes(bytes), {}, kind)
    expect(eventBytesOf(value)).toEqual(bytes)
    expect(envelope.visitorId).toBe('cookie-sesame')
  }
})

test('servers name their visitors on a cookieless site too; sessions are kept with either key', () => {
  expect(judged(rawBytes(bytesOf(sampleEvent())), strict, 'secret').envelope).toMatchObject({
    visitorId: 'v1',
    event: { visitorId: 'v1', sessionId: 's1' },
  })
  const { event } = judged(rawBytes(bytesOf(sampleEvent())), strict).envelope
  expect(event).toMatchObject({ visitorId: '', sessionId: 's1', userId: 'u1' })
})

test.each([
  ['cut', '203.0.113.7', '203.0.113.0'],
  ['cut', '2001:db8:1:2::3', '2001:db8:1::'],
  ['full', '203.0.113.7', '203.0.113.7'],
  ['none', '203.0.113.7', ''],
] as const)('with %s, the address %s that an event says is kept as %j, in the event too', (ipMode, sent, kept) => {
  const bytes = bytesOf(sampleEvent({ device: { ipAddress: sent, language: 'pt' } }))
  const { envelope } = judged(rawBytes(bytes), { ipMode }, 'secret')
  expect(envelope.ipAddress).toBe(kept)
  expect(envelope.event!.device).toMatchObject({ ipAddress: kept, language: 'pt' })
})

test.each<[string, object]>([
  ['of a rule of a field', { userId: 'x'.repeat(300) }],
  ['found before the page was reached', { eventId: 'x'.repeat(50) }],
  ['of its time', { eventTime: { seconds: 1n, nanos: 0 } }],
  ['of its size', { properties: { mail: 'sesame', long: 'x'.repeat(70_000) } }],
  ['of an address that pages may not say', { device: { ipAddress: '198.51.100.77', language: 'x' } }],
])('the dead letter of an event rejected because %s has nothing the site does not keep', (_, change) => {
  const { rejection, value, envelope } = judged(rawBytes(bytesOf(secretive(change))), strict)
  expect(rejection).toBeDefined()
  expect(envelope.rejectedBytes.length).toBeGreaterThan(0)
  expect(value.includes('sesame')).toBe(false)
  expect(value.includes('198.51.100.77')).toBe(false)
})

test('the same holds for JSON that is no event, however deep and wherever its addresses are', () => {
  let deep: unknown = { mail: 'sesame' }
  for (let level = 0; level < 90; level++) deep = level % 2 === 0 ? [deep] : { a: deep }
  const json = {
    visitorId: 'sesame',
    visitor_id: 'sesame',
    pgae: { url: 'https://joe:sesame@example.com/?token=sesame&ref=1', title: 'A' },
    page: { url: 'https://example.com/ä?tokän=sesame', referrer: '/#code=sesame' },
    click: { targetUrl: '/?a=sesame' },
    formSubmit: { target_url: '/?a=sesame' },
    device: { ipAddress: '198.51.100.77' },
    properties: { plan: 'pro', mail: 'sesame', deep },
  }
  const raw = eventFromJson(json)
  expect(raw.unreadable).toBeDefined()
  const { value, envelope } = judged(raw, strict)
  expect(value.includes('sesame')).toBe(false)
  expect(value.includes('198.51.100.77')).toBe(false)
  expect(JSON.parse(Buffer.from(envelope.rejectedBytes).toString())).toMatchObject({
    pgae: { url: 'https://example.com/?ref=1', title: 'A' },
    page: { url: 'https://example.com/ä', referrer: '/' },
    properties: { plan: 'pro' },
  })
  const quiet = eventFromJson({ eventId: 'x', nonsense: 1 })
  expect(Buffer.from(judged(quiet, strict).envelope.rejectedBytes)).toEqual(quiet.bytes)
})

test('bytes that cannot be read are kept as they came: nobody can say what in them is whose', () => {
  const bytes = Buffer.concat([bytesOf(secretive()), Buffer.from([0x0b])])
  expect(Buffer.from(judged(rawBytes(bytes), strict).envelope.rejectedBytes)).toEqual(bytes)
})
