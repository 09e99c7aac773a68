import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeBatch } from './kafka-batch.ts'
import { isControl, lastOffsetOf, recordsOf, splitRecordSet } from './kafka-records.ts'
import { kafkajsInternal } from './kafka-timers.ts'

type Encoded = { readonly buffer: Buffer }
type EncodeRecord = (given: object) => unknown
type EncodeBatch = { RecordBatch: (given: object) => Promise<Encoded>; Types?: object }
type DecodeBatch = (decoder: object) => Promise<{ records: readonly Read[] }>
interface Read {
  readonly offset: string
  readonly key: Buffer | null
  readonly value: Buffer | null
}

const bytes = fc.option(
  fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data)),
  { nil: null },
)
const given = fc.record({
  firstOffset: fc.nat(2 ** 40),
  /** Gaps between offsets, as compaction leaves them. */
  records: fc.array(
    fc.record({
      gap: fc.nat(300),
      timestampDelta: fc.integer({ min: 0, max: 2 ** 40 }),
      key: bytes,
      value: bytes,
      headers: fc.dictionary(fc.string({ maxLength: 5 }), fc.string({ maxLength: 200 }), { maxKeys: 3 }),
    }),
    { minLength: 1, maxLength: 60 },
  ),
  from: fc.integer({ min: -5, max: 20_000 }),
})

test('records are read in place as kafkajs reads them, whoever wrote the batch, from any offset on', async () => {
  await fc.assert(
    fc.asyncProperty(given, async ({ firstOffset, records, from }) => {
      const batch = await byKafkajs(firstOffset, records)
      const expected = (await readByKafkajs(batch))
        .map(({ offset, key, value }) => ({ offset: Number(offset), key: hex(key), value: hex(value) }))
        .filter(({ offset }) => offset >= firstOffset + from)
      const read = recordsOf(batch, firstOffset + from)
      expect(read.map(({ offset, key, value }) => ({ offset, key: hex(key), value: hex(value) }))).toEqual(expected)
      expect(isControl(batch)).toBe(false)
      const last = recordsOf(batch, 0).at(-1)
      expect(lastOffsetOf(batch)).toBe(last?.offset)
    }),
  )
})

test('a record set is cut into its batches, and one that is not whole at its end is left out', () => {
  const one = encodeBatch([{ key: Buffer.from('k'), value: Buffer.from('one') }], 0)
  const two = encodeBatch([{ key: Buffer.from('k'), value: Buffer.from('two') }], 0)
  const set = Buffer.concat([one, two])
  expect(splitRecordSet(set)).toEqual([one, two])
  for (let cut = 1; cut <= two.length; cut++) expect(splitRecordSet(set.subarray(0, set.length - cut))).toEqual([one])
  expect(splitRecordSet(Buffer.alloc(0))).toEqual([])
})

test('a set with a compressed batch or one of an old format is left to kafkajs', () => {
  const plain = encodeBatch([{ key: Buffer.from('k'), value: Buffer.from('v') }], 0)
  const compressed = Buffer.from(plain)
  compressed.writeInt16BE(1, 21)
  const old = Buffer.from(plain)
  old[16] = 1
  for (const odd of [compressed, old]) {
    expect(splitRecordSet(odd)).toBeUndefined()
    expect(splitRecordSet(Buffer.concat([plain, odd]))).toBeUndefined()
  }
})

test('a batch whose bytes were changed is read or refused, and never read past its end', () => {
  const value = Buffer.from('value')
  const batch = encodeBatch(
    Array.from({ length: 20 }, () => ({ key: value, value })),
    0,
  )
  fc.assert(
    fc.property(fc.integer({ min: 61, max: batch.length - 1 }), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(batch)
      changed[at] = byte
      try {
        for (const record of recordsOf(changed, 0)) expect(record.value.byteLength).toBeLessThan(batch.length)
      } catch (error) {
        expect(String(error)).toMatch(/of a batch|of the batch at offset 0/)
      }
    }),
  )
})

const hex = (data: Uint8Array | null): string => Buffer.from(data ?? []).toString('hex')

async function byKafkajs(
  firstOffset: number,
  records: readonly { readonly gap: number; readonly [field: string]: unknown }[],
): Promise<Buffer> {
  const { RecordBatch } = kafkajsInternal('protocol/recordBatch/v0') as EncodeBatch
  const encodeRecord = kafkajsInternal('protocol/recordBatch/record/v0') as EncodeRecord
  let offsetDelta = -1
  const encoded = records.map(({ gap, ...record }) => {
    offsetDelta += 1 + gap
    return encodeRecord({ offsetDelta, ...record })
  })
  const { buffer } = await RecordBatch({ firstOffset, lastOffsetDelta: offsetDelta, records: encoded })
  return buffer
}

async function readByKafkajs(batch: Buffer): Promise<readonly Read[]> {
  const Decoder = kafkajsInternal('protocol/decoder') as new (buffer: Buffer) => object
  const decode = kafkajsInternal('protocol/recordBatch/v0/decoder') as DecodeBatch
  return (await decode(new Decoder(batch))).records
}
