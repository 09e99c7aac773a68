import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('never more at once than allowed, in order, also when some fail', async () => {
  const turns = createTurns(3)
  let running = 0
  let most = 0
  const order: number[] = []
  const works = Array.from({ length: 20 }, (_, index) =>
    turns(async () => {
      order.push(index)
      most = Math.max(most, ++running)
      for (let i = 0; i <= index % 4; i++) await turn()
      running -= 1
      if (index % 5 === 0) throw new Error('made up')
      return index
    }),
  )
  const ended = await Promise.allSettled(works)
  expect(most).toBe(3)
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
  expect(ended.filter(({ status }) => status === 'rejected')).toHaveLength(4)
})
