import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inFlight } from './in-flight.ts'

const never = new AbortController().signal

/** A source that counts how far it was read. */
function counted(items: number) {
  const state = { read: 0 }
  async function* source() {
    for (let at = 0; at < items; at++) {
      state.read = at + 1
      yield at
    }
  }
  return { state, source: source() }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn()
}

test('every item is answered once, whatever the order the work ends in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), async (turns, items) => {
      const answers: number[] = []
      const work = async (at: number) => {
        for (let i = 0; i < (turns[at] ?? 0); i++) await turn()
        return at
      }
      const window = { items, bytes: 1_000 }
      const task = { source: counted(turns.length).source, work, sizeOf: () => 1, window, stopping: never }
      for await (const answer of inFlight(task)) answers.push(answer)
      expect(answers.sort((a, b) => a - b)).toEqual(turns.map((_, at) => at))
    }),
    { numRuns: 50 },
  )
})

test.each([
  ['items', { items: 4, bytes: 1_000 }, 4],
  ['bytes', { items: 100, bytes: 30 }, 3],
])('no further item is read while the window is full of %s', async (_, window, most) => {
  const { state, source } = counted(50)
  const release: (() => void)[] = []
  const work = (at: number) => new Promise<number>((resolve) => release.push(() => resolve(at)))
  const answers = inFlight({ source, work, sizeOf: () => 10, window, stopping: never })
  const first = answers.next()
  await settled()
  expect(state.read).toBe(most)
  release.shift()?.()
  await first
  await settled()
  // The first answer is not written before the next is asked for.
  expect(state.read).toBe(most)
  const second = answers.next()
  await settled()
  expect(state.read).toBe(most + 1)
  release.shift()?.()
  await second
  await answers.return()
})

test('stopping reads no more, answers what is in flight, and fails with GATEWAY_STOPPING', async () => {
  const stopping = new AbortController()
  const { state, source } = counted(50)
  let release = (): void => undefined
  const work = (at: number) =>
    new Promise<number>((resolve) => {
      release = () => resolve(at)
    })
  const task = { source, work, sizeOf: () => 1, window: { items: 1, bytes: 10 }, stopping: stopping.signal }
  const answers = inFlight(task)
  const first = answers.next()
  await settled()
  stopping.abort()
  release()
  expect(await first).toEqual({ done: false, value: 0 })
  await expect(answers.next()).rejects.toMatchObject({ code: 'GATEWAY_STOPPING' })
  expect(state.read).toBe(1)
})

test.each(['source', 'work'])('an error of the %s ends the stream', async (where) => {
  async function* source() {
    yield 1
    if (where === 'source') throw new Error('broken')
  }
  const work = async (item: number) => {
    if (where === 'work') throw new Error('broken')
    return item
  }
  const task = { source: source(), work, sizeOf: () => 1, window: { items: 4, bytes: 4 }, stopping: never }
  const all = async () => {
    for await (const _ of inFlight(task));
  }
  await expect(all()).rejects.toThrow('broken')
})
