import fc from 'fast-check'
import type { Message } from 'kafkajs'
import { expect, test } from 'vitest'
import { crc32c } from './crc32c.ts'
import { encodeBatch } from './kafka-batch.ts'
import { acceptBatches, batchMessage } from './kafka-produce.ts'
import { kafkajsInternal } from './kafka-timers.ts'

const bytes = fc.uint8Array({ maxLength: 300 })
const records = fc.array(fc.record({ key: bytes, value: bytes }), { minLength: 1, maxLength: 200 })

test('a batch is read back by the decoder of kafkajs as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(records, async (given) => {
      const decoded = await decode(encodeBatch(given, 1_795_349_163_471))
      expect(decoded).toMatchObject({
        firstOffset: '0',
        lastOffsetDelta: given.length - 1,
        firstTimestamp: '1795349163471',
        maxTimestamp: '1795349163471',
        producerId: '-1',
        producerEpoch: -1,
        firstSequence: -1,
        inTransaction: false,
        isControlBatch: false,
      })
      expect(decoded.records.map(({ offset, key, value }) => [Number(offset), ...[key, value].map(hex)])).toEqual(
        given.map(({ key, value }, offset) => [offset, hex(key), hex(value)]),
      )
    }),
  )
})

test('a batch of one large record is whole', async () => {
  const value = Buffer.alloc(1_500_000, 9)
  const { records: read } = await decode(encodeBatch([{ key: Buffer.from('k'), value }], 0))
  expect(read[0]!.value.equals(value)).toBe(true)
})

test('the checksum is the one of the published vectors, from any place on', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283)
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
  expect(crc32c(Buffer.from('xyz123456789'), 3)).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(0))).toBe(0)
  const ascending = Uint8Array.from({ length: 32 }, (_, at) => at)
  expect(crc32c(ascending)).toBe(0x46dd794e)
  expect(crc32c(ascending.toReversed())).toBe(0x113fdb5c)
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
})

test('the checksum of any bytes, wherever in memory, is that of the definition, bit by bit', () => {
  const byBits = (data: Uint8Array): number => {
    let crc = -1
    for (const byte of data) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
    return (crc ^ -1) >>> 0
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(20), (data, begin) => {
      const from = Math.min(begin, data.length)
      expect(crc32c(data.subarray(from))).toBe(byBits(data.subarray(from)))
      expect(crc32c(data, from)).toBe(byBits(data.subarray(from)))
    }),
  )
})

test('a message that is no batch is still encoded by kafkajs', async () => {
  acceptBatches()
  const batch = encodeBatch([{ key: Buffer.from('k'), value: Buffer.from('v') }], 0)
  const prepared = await request([batchMessage(0, batch)])
  expect(prepared.includes(batch)).toBe(true)
  const plain = await request([{ key: 'k', value: batch }])
  expect(plain.length).toBeGreaterThan(prepared.length + 40)
})

test('the headers of a request are those of kafkajs, whatever the name of the client is', async () => {
  acceptBatches()
  type Create = (given: object) => Promise<{ buffer: Buffer }>
  const create = kafkajsInternal('protocol/request') as Create
  const messages = [batchMessage(0, encodeBatch([{ key: Buffer.from('k'), value: Buffer.alloc(9_000, 7) }], 0))]
  const body = await request(messages)
  for (const clientId of [
    'gateway',
    '',
    'é'.repeat(117),
    'x'.repeat(241),
    'x'.repeat(242),
    'x'.repeat(243),
    'x'.repeat(3_000),
  ]) {
    const made = { apiKey: 0, apiVersion: 7, encode: () => encoded(messages) }
    const whole = (await create({ correlationId: 5, clientId, request: made })).buffer
    const name = Buffer.from(clientId)
    const header = Buffer.alloc(14)
    header.writeInt32BE(whole.length - 4, 0)
    header.writeInt16BE(7, 6)
    header.writeInt32BE(5, 8)
    header.writeInt16BE(name.length, 12)
    expect(whole.equals(Buffer.concat([header, name, body]))).toBe(true)
  }
})

interface Decoded {
  readonly records: readonly { readonly offset: string; readonly key: Buffer; readonly value: Buffer }[]
}

const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex')

async function decode(batch: Buffer): Promise<Decoded> {
  const Decoder = kafkajsInternal('protocol/decoder') as new (buffer: Buffer) => object
  const decodeBatch = kafkajsInternal('protocol/recordBatch/v0/decoder') as (decoder: object) => Promise<Decoded>
  return decodeBatch(new Decoder(batch))
}

/** Bytes of the produce request that kafkajs makes of these messages. */
const request = async (messages: readonly Message[]): Promise<Buffer> => (await encoded(messages)).buffer

function encoded(messages: readonly Message[]): Promise<{ buffer: Buffer }> {
  type Create = (given: object) => { request: { encode: () => Promise<{ buffer: Buffer }> } }
  const { requests } = kafkajsInternal('protocol/requests') as {
    requests: { Produce: { protocol: (which: { version: number }) => Create } }
  }
  const topicData = [{ topic: 't', partitions: [{ partition: 0, messages }] }]
  const made = requests.Produce.protocol({ version: 7 })({ acks: -1, timeout: 1_000, topicData })
  return made.request.encode()
}
