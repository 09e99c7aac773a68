import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

const soon = () => new Promise((resolve) => setImmediate(resolve))

test('so many have a turn at once, the next wait in their order, and one more is refused at once', async () => {
  const turns = createTurns({ atOnce: 2, mostWaiting: 2 })
  const order: string[] = []
  const first = await turns.take(1)
  const second = await turns.take(1)
  const inOrder = async (name: string) => {
    const end = await turns.take(1)
    order.push(name)
    return end
  }
  const third = inOrder('third')
  const fourth = inOrder('fourth')
  await expect(turns.take(1)).rejects.toMatchObject({ code: 'TOO_MANY_QUESTIONS', retryAfterSeconds: 2 })
  await soon()
  expect(order).toEqual([])
  first()
  first()
  await soon()
  expect(order).toEqual(['third'])
  second()
  await soon()
  expect(order).toEqual(['third', 'fourth'])
  for (const end of [await third, await fourth]) end()
  for (const end of [await turns.take(1), await turns.take(1)]) end()
})

test('a company does not wait for another', async () => {
  const turns = createTurns({ atOnce: 1, mostWaiting: 0 })
  await turns.take(1)
  await expect(turns.take(1)).rejects.toMatchObject({ code: 'TOO_MANY_QUESTIONS' })
  expect(await turns.take(2)).toBeTypeOf('function')
})
