import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Line, readLines } from './read-lines.ts'

async function* inChunks(text: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < text.length; from += size) yield text.subarray(from, from + size)
}

async function linesOf(text: string, size: number, maxBytes = 1_000): Promise<Line[]> {
  const lines: Line[] = []
  for await (const line of readLines(inChunks(Buffer.from(text), size), maxBytes)) lines.push(line)
  return lines
}

test('lines are the same however the bytes arrive, and numbered as an editor numbers them', async () => {
  const text = fc
    .array(fc.constantFrom('a', 'é', '\n', '\r\n', 'long line'), { maxLength: 40 })
    .map((all) => all.join(''))
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 50 }), async (whole, size) => {
      const expected = whole.split(/\r?\n/).flatMap((line, index) => (line === '' ? [] : [[index + 1, line]]))
      expect((await linesOf(whole, size)).map(({ number, bytes }) => [number, bytes?.toString()])).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})

test('a line over the limit is passed over, and the next one is whole', async () => {
  const lines = await linesOf(`${'x'.repeat(11)}\n${'y'.repeat(10)}\n`, 3, 10)
  expect(lines.map(({ number, bytes }) => [number, bytes?.toString()])).toEqual([
    [1, undefined],
    [2, 'yyyyyyyyyy'],
  ])
})
