import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bodyOf,
  bytesOf,
  type Entry,
  firstBatch,
  mostBatchBytes,
  mostInBatch,
  mostWaiting,
  mostWaitingBytes,
  trim,
} from './queue.ts'

const text = fc.string({ unit: 'binary', maxLength: 200 })
const entries = (most: { length: number; bytes: number }) =>
  fc
    .array(fc.record({ bytes: fc.integer({ min: 1, max: most.bytes }), sent: fc.boolean() }), {
      maxLength: most.length,
    })
    .map((list) =>
      list.map(({ bytes, sent }, i): Entry => ({ id: String(i), body: 'x'.repeat(bytes), ...(sent ? { sent } : {}) })),
    )
const bytes = (list: readonly Entry[]): number => list.reduce((sum, { body }) => sum + bytesOf(body), 0)

test('the guess of bytes is never too low', () => {
  fc.assert(fc.property(text, (one) => bytesOf(one) >= new TextEncoder().encode(one).length))
  expect(bytesOf('plain')).toBe(5)
})

test('batches are the queue in order, each within its bounds, and none is empty', () => {
  fc.assert(
    fc.property(entries({ length: 100, bytes: mostBatchBytes - 1 }), (queue) => {
      const batches: Entry[][] = []
      for (let rest = queue; rest.length > 0; rest = rest.slice(batches.at(-1)!.length)) {
        const batch = firstBatch(rest)
        expect(batch.length).toBeGreaterThan(0)
        expect(batch.length).toBeLessThanOrEqual(mostInBatch)
        expect(bytes(batch) + batch.length).toBeLessThanOrEqual(mostBatchBytes)
        batches.push(batch)
      }
      expect(batches.flat()).toEqual(queue)
    }),
    { numRuns: 50 },
  )
  expect(firstBatch([])).toEqual([])
})

test('a queue beyond its bounds loses its oldest and nothing that is under way', () => {
  const queues = entries({ length: 700, bytes: 4_000 })
  fc.assert(
    fc.property(queues, (queue) => {
      const left = [...queue]
      const gone = new Set(trim(left))
      expect(queue.filter(({ id }) => !gone.has(id))).toEqual(left)
      expect(queue.some(({ id, sent }) => sent && gone.has(id))).toBe(false)
      const free = left.findIndex(({ sent }) => !sent)
      const firstGone = queue.findIndex(({ id }) => gone.has(id))
      if (gone.size > 0) expect(free < 0 || firstGone < queue.indexOf(left[free]!)).toBe(true)
      if (free >= 0) expect(left.length <= mostWaiting && bytes(left) <= mostWaitingBytes).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('a body is JSON with the events in order, even where arrays write themselves otherwise', () => {
  const prototype = Array.prototype as { toJSON?: unknown }
  prototype.toJSON = () => 'theirs'
  try {
    const body = bodyOf([
      { id: '1', body: '{"a":1}' },
      { id: '2', body: '{"b":2}' },
    ])
    expect(JSON.parse(body)).toEqual({ sentAt: expect.stringMatching(/^\d{4}-.*Z$/), events: [{ a: 1 }, { b: 2 }] })
  } finally {
    delete prototype.toJSON
  }
})
