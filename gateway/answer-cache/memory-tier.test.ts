import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRegistry } from '../../runtime/metrics.ts'
import { createMemoryTier } from './memory-tier.ts'
import { packRows, unpackRows } from './rows.ts'

const tier = (mostBytes: number, nowMs = () => 0) => {
  const registry = createRegistry()
  const held = async () =>
    Number((await registry.getSingleMetric('userflow_answer_cache_bytes')!.get()).values[0]!.value)
  return { ...createMemoryTier({ mostBytes, registry, nowMs }), held }
}
const bytes = (size: number) => new Uint8Array(size)

test('it never holds more than it may, whatever is put in', async () => {
  const puts = fc.array(fc.tuple(fc.nat(30).map(String), fc.nat(1_500)), { maxLength: 60, size: 'max' })
  await fc.assert(
    fc.asyncProperty(puts, async (all) => {
      const { set, get, held } = tier(10_000)
      for (const [key, size] of all) {
        await set(key, bytes(size))
        expect(await held()).toBeLessThanOrEqual(10_000)
      }
      let kept = 0
      for (const key of new Set(all.map(([key]) => key))) kept += (await get(key))?.length ?? 0
      expect(kept).toBeLessThanOrEqual(await held())
    }),
  )
})

test('what was used longest ago goes first', async () => {
  const { set, get } = tier(9 * 1_400)
  for (let nth = 0; nth < 9; nth++) await set(`a${nth}`, bytes(1_000))
  await get('a0')
  await set('b', bytes(1_000))
  expect([await get('a0'), await get('a1')].map((one) => one?.length)).toEqual([1_000, undefined])
})

test('an answer of more than an eighth of the memory is not kept, one of an eighth is', async () => {
  const { set, get } = tier(80_000)
  await set('most', bytes(10_000 - 400))
  await set('more', bytes(10_001 - 400))
  expect([(await get('most'))?.length, await get('more')]).toEqual([9_600, undefined])
})

test('nothing is kept longer than ten minutes', async () => {
  let nowMs = 0
  const { set, get, held } = tier(80_000, () => nowMs)
  await set('a', bytes(10))
  nowMs = 600_000
  expect(await get('a')).toBeDefined()
  nowMs = 600_001
  expect(await get('a')).toBeUndefined()
  expect(await held()).toBe(0)
})

test('rows come back as they were, and only under their own key and whole', () => {
  const rows = fc.array(fc.dictionary(fc.string(), fc.option(fc.string({ unit: 'grapheme' }))), { maxLength: 5 })
  fc.assert(
    fc.property(rows, fc.nat(), (all, at) => {
      const packed = packRows('key', all)
      expect(unpackRows('key', packed)).toEqual(JSON.parse(JSON.stringify(all)))
      expect(unpackRows('other', packed)).toBeUndefined()
      const broken = Uint8Array.from(packed)
      broken[at % packed.length]! ^= 1
      expect(unpackRows('key', broken)).toBeUndefined()
      expect(unpackRows('key', packed.subarray(0, at % packed.length))).toBeUndefined()
    }),
  )
})

test.each([['{"a":1}'], ['[1]'], ['[[]]'], ['[null]'], ['[{"a":1}]'], ['[{"a":{}}]']])(
  'bytes that are no rows are no answer, even under a right seal: %s',
  (json) => {
    expect(unpackRows('key', packRows('key', JSON.parse(json)))).toBeUndefined()
  },
)
