import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { heartbeatDuring } from './kafka-heartbeat.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('beats every second while a batch is worked on, and no more after it', async () => {
  const beat = vi.fn(async () => undefined)
  const heartbeat = heartbeatDuring(beat)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(beat).toHaveBeenCalledTimes(5)
  expect(heartbeat.end()).toBeUndefined()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(beat).toHaveBeenCalledTimes(5)
})

test('a batch that is stuck loses its place after a minute', async () => {
  const beat = vi.fn(async () => undefined)
  heartbeatDuring(beat)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(beat).toHaveBeenCalledTimes(60)
  expect(vi.getTimerCount()).toBe(0)
})

test('tells at the end that a heartbeat failed, and does not try again meanwhile', async () => {
  const error = new Error('the group is rebalancing')
  const beat = vi.fn(() => Promise.reject(error))
  const heartbeat = heartbeatDuring(beat)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(beat).toHaveBeenCalledTimes(1)
  expect(heartbeat.end()).toBe(error)
})
