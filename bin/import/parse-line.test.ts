import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseLine } from './parse-line.ts'

const line = (parts: { time?: string; request?: string; tail?: string } = {}) =>
  `192.0.2.7 - - [${parts.time ?? '17/May/2015:10:05:03 +0000'}] "${parts.request ?? 'GET /a?b=1 HTTP/1.1'}" 200 31${parts.tail ?? ' "http://example.org/" "Mozilla/5.0 (X11)"'}`

test('a line of the combined format is read whole', () => {
  expect(parseLine(line())).toEqual({
    host: '192.0.2.7',
    user: '',
    timeMs: Date.UTC(2015, 4, 17, 10, 5, 3),
    method: 'GET',
    target: '/a?b=1',
    status: 200,
    bytes: 31,
    referrer: 'http://example.org/',
    userAgent: 'Mozilla/5.0 (X11)',
  })
})

test('the zone of a time counts', () => {
  expect(parseLine(line({ time: '17/May/2015:10:05:03 -0730' }))).toMatchObject({
    timeMs: Date.UTC(2015, 4, 17, 17, 35, 3),
  })
})

test('a line of the common format has no referrer and no user agent', () => {
  expect(parseLine(line({ tail: '' }))).toMatchObject({ referrer: '', userAgent: '', bytes: 31 })
})

test('quotes, backslashes and escaped bytes in a field are the text they stand for', () => {
  const tail = String.raw` "-" "a \"b\" \\ \xc3\xa9"`
  expect(parseLine(line({ tail }))).toMatchObject({ referrer: '', userAgent: 'a "b" \\ é' })
})

test.each([
  ['not a log line', 'hello', 'combined log format'],
  ['a day that no month has', line({ time: '31/Feb/2015:10:05:03 +0000' }), 'not a time'],
  ['a month that no year has', line({ time: '17/Mai/2015:10:05:03 +0000' }), 'not a time'],
  ['a request that was never finished', line({ request: '-' }), 'not a request'],
  ['bytes of another protocol', line({ request: String.raw`\x16\x03\x01` }), 'not a request'],
])('%s is a problem, said in words', (_, text, problem) => {
  expect(parseLine(text)).toMatchObject({ problem: expect.stringContaining(problem) as string })
})

test('no text makes it throw', () => {
  const parts = fc.constantFrom(
    '[',
    ']',
    '"',
    '\\',
    ' ',
    '-',
    '\\x',
    '200',
    'GET / HTTP/1.1',
    '17/May/2015:10:05:03 +0000',
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(parts).map((all) => all.join('')),
      ),
      (text) => {
        expect(parseLine(text)).toBeTypeOf('object')
      },
    ),
  )
})
