import { expect, test } from 'vitest'
import { decodeRecord, encodeRecord } from '../../eventlog/record.ts'

/**
 * The length of an envelope's text was guessed from its characters, and where the bytes needed a longer length, that length
 * overwrote the beginning of the text: accepted events whose visitor id or user agent had 64 to 127 characters, not all of
 * them ASCII, became dead letters with a perfect checksum.
 */
test.each([1, 42, 43, 63, 64, 101, 127, 128, 5461, 5462, 8192, 9000, 16_383])(
  '%i characters that are not ASCII come back',
  (length) => {
    for (const character of ['é', '\u0800', 'x']) {
      const visitorId = character.repeat(length)
      const record = encodeRecord(
        {
          companyId: 1,
          siteId: 1,
          receivedAtUs: 1n,
          eventId: new Uint8Array(16),
          eventTimeUs: 1n,
          visitorId,
          hintModel: 'after',
        },
        new Uint8Array(),
      )
      expect(decodeRecord(record)).toMatchObject({ ok: true, envelope: { visitorId, hintModel: 'after' } })
    }
  },
)
