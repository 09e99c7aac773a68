import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Health } from './health.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

const written = { status: 'written', partition: 0, offset: 0 } as const
const unknown = { status: 'unknown', cause: 'no answer' } as const

test('is down since the first failure, with its last cause, until a use succeeds', () => {
  const health = new Health(() => Promise.reject(new Error('still down')))
  expect(health.state()).toEqual({ up: true })
  health.observe([unknown])
  vi.setSystemTime(1_005_000)
  health.failed('other')
  expect(health.state()).toEqual({ up: false, sinceMs: 1_000_000, cause: 'other' })
  health.observe([unknown, written])
  expect(health.state()).toEqual({ up: true })
  expect(vi.getTimerCount()).toBe(0)
})

test('finds out by itself that the log is up again, without any request', async () => {
  let up = false
  const health = new Health(async () => {
    if (!up) throw new Error('down')
  })
  health.failed('broker gone')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(health.state()).toMatchObject({ up: false })
  up = true
  await vi.advanceTimersByTimeAsync(1_000)
  expect(health.state()).toEqual({ up: true })
  expect(vi.getTimerCount()).toBe(0)
})

test('a write that is under way for long is down before its deadline', () => {
  const health = new Health(async () => undefined)
  expect(health.state(Date.now() - 2_000)).toEqual({ up: true })
  expect(health.state(Date.now() - 4_000)).toMatchObject({ up: false, sinceMs: 996_000 })
})

test('an append of nothing tells nothing', () => {
  const health = new Health(async () => undefined)
  health.failed('down')
  health.observe([])
  expect(health.state()).toMatchObject({ up: false })
  health.close()
})
