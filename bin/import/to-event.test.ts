import { timestampMs } from '@bufbuild/protobuf/wkt'
import { expect, test } from 'vitest'
import { Occurrences } from './occurrences.ts'
import { type LoggedRequest, parseLine } from './parse-line.ts'
import { digestLine, toEvent } from './to-event.ts'

const text = '192.0.2.7 - ann [17/May/2015:10:05:03 +0000] "GET /a HTTP/1.1" 404 31 "-" "curl/8.0"'

/** The events of a file's lines, as an import makes them. */
const importAll = (lines: readonly string[], occurrences = new Occurrences()) =>
  lines.map((line) => {
    const digest = digestLine(Buffer.from(line))
    const identity = { digest, occurrence: occurrences.next(digest) }
    return toEvent(parseLine(line) as LoggedRequest, identity, 'https://site.example')
  })

test('a line becomes a page view with what the log knows', () => {
  const [event] = importAll([text])
  expect(event).toMatchObject({
    userId: 'ann',
    page: { url: 'https://site.example/a', referrer: '' },
    device: { userAgent: 'curl/8.0', ipAddress: '192.0.2.7' },
    properties: { method: 'GET', status: 404, bytes: 31 },
    action: { case: 'pageView' },
  })
  expect(event!.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(event!.sessionId).toBe('')
})

test('identical lines of one file are different events, and the same ones when the file is imported again', () => {
  const ids = importAll([text, text, text]).map((event) => event.eventId)
  expect(new Set(ids).size).toBe(3)
  expect(importAll([text, text, text])).toEqual(importAll([text, text, text]))
})

test('id and time do not depend on the lines before, so the order of files does not matter', () => {
  const other = text.replace('/a', '/b')
  const [first] = importAll([text])
  const second = importAll([other, text])[1]
  expect(second).toEqual(first)
  expect(timestampMs(first!.eventTime!)).toBe(Date.UTC(2015, 4, 17, 10, 5, 3))
})

test('one visitor is one address with one user agent', () => {
  const other = text.replace('curl/8.0', 'curl/8.1')
  const [one, same, different] = importAll([text, text, other]).map((event) => event.visitorId)
  expect(same).toBe(one)
  expect(different).not.toBe(one)
})

test.each([
  ['http://proxy.example/x', 'http://proxy.example/x'],
  ['*', 'https://site.example/*'],
])('the target %s is the page %s', (target, url) => {
  expect(importAll([text.replace('/a', target)])[0]!.page!.url).toBe(url)
})

test('a host name is no address', () => {
  expect(importAll([text.replace('192.0.2.7', 'host.example')])[0]!.device!.ipAddress).toBe('')
})

test('occurrences are counted over at least the promised number of different lines', () => {
  const occurrences = new Occurrences(10)
  occurrences.next('seen')
  for (let line = 0; line < 10; line++) occurrences.next(`${line}`)
  expect(occurrences.next('seen')).toBe(2)
})
