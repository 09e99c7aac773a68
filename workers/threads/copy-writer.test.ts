import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Text } from '../../eventlog/record-fields.ts'
import { RecordView } from '../../eventlog/record-view.ts'
import { cutText } from '../enrich/cut-text.ts'
import { repairText } from '../enrich/storable-text.ts'
import { CopyWriter } from './copy-writer.ts'
import { pageView, record } from './record.case.ts'

const view = new RecordView()
const text = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('a\0b', '😀'.repeat(60), 'é'.repeat(100)),
)

/** The text of the one column written. */
function written(write: (out: CopyWriter) => void): string | null {
  const out = new CopyWriter(0)
  write(out)
  const bytes = Buffer.from(out.written())
  const length = bytes.readInt32BE(0)
  expect(bytes.length).toBe(4 + Math.max(length, 0))
  return length === -1 ? null : bytes.toString('utf8', 4)
}

test('a text goes from the record to the column as it was sent, cut at a whole character, repaired where it must be', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 4, max: 220 }), (userAgent, bytesMax) => {
      view.read(record(1, pageView, { userAgent }).value as Buffer)
      const sent = userAgent.toWellFormed()
      expect(written((out) => out.sent(view, Text.userAgent))).toBe(repairText(sent) || null)
      expect(written((out) => out.sent(view, Text.userAgent, bytesMax))).toBe(
        repairText(cutText(sent, bytesMax)) || null,
      )
    }),
    { numRuns: 500 },
  )
})

test('a NUL in a text is reported, other characters are not', () => {
  for (const [userAgent, repaired] of [
    ['a\0b', true],
    ['é😀', false],
  ] as const) {
    view.read(record(1, pageView, { userAgent }).value as Buffer)
    const out = new CopyWriter(0)
    out.sent(view, Text.userAgent)
    expect(out.repaired).toBe(repaired)
  }
})

test('a size is written as its two numbers', () => {
  const number = fc.oneof(fc.nat(9999), fc.integer({ min: 0, max: 2 ** 32 - 1 }))
  fc.assert(
    fc.property(number, number, (width, height) => {
      expect(written((out) => out.size(width, height))).toBe(`${width}x${height}`)
    }),
  )
})
