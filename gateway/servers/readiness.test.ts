import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { EventLog } from '../../eventlog/eventlog.ts'
import { createLogger } from '../../runtime/logger.ts'
import type { Database } from '../../sql/database.ts'
import { createReadiness } from './readiness.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Two parts that can be switched off. */
function parts() {
  const works = { log: true, store: true }
  const answer = async (part: 'log' | 'store') => {
    if (!works[part]) throw new Error(`${part} is off`)
    return []
  }
  const log = { health: () => ({ up: true }), watermarks: () => answer('log') } as unknown as EventLog
  const db = { query: () => answer('store') } as unknown as Database
  const readiness = createReadiness({ log, db, logger: createLogger('test', 'silent') })
  return { works, readiness }
}

test('a gateway is ready when both parts have answered once, not before', async () => {
  const { readiness } = parts()
  expect(readiness.state().ready).toBe(false)
  await vi.advanceTimersByTimeAsync(10)
  expect(readiness.state()).toEqual({ ready: true, parts: { log: 'ok', store: 'ok' } })
  readiness.stop()
})

test('the log may be away for 5 s; then requests are refused, and its return is found without traffic', async () => {
  const { works, readiness } = parts()
  const changes: boolean[] = []
  readiness.onChange((ready) => changes.push(ready))
  await vi.advanceTimersByTimeAsync(10)
  works.log = false
  await vi.advanceTimersByTimeAsync(4_000)
  expect([readiness.state().ready, readiness.logIsDown()]).toEqual([true, false])
  await vi.advanceTimersByTimeAsync(6_000)
  expect([readiness.state().ready, readiness.logIsDown()]).toEqual([false, true])
  expect(readiness.state().parts.log).toContain('log is off')
  works.log = true
  await vi.advanceTimersByTimeAsync(2_000)
  expect([readiness.state().ready, readiness.logIsDown()]).toEqual([true, false])
  expect(changes).toEqual([false, true, false, true])
  readiness.stop()
})

test('without Postgres events are taken for ten minutes, as long as known keys work', async () => {
  const { works, readiness } = parts()
  await vi.advanceTimersByTimeAsync(10)
  works.store = false
  await vi.advanceTimersByTimeAsync(9 * 60_000)
  expect(readiness.state()).toMatchObject({ ready: true, parts: { store: expect.stringContaining('store is off') } })
  await vi.advanceTimersByTimeAsync(2 * 60_000)
  expect(readiness.state().ready).toBe(false)
  readiness.stop()
})

test('a gateway that is stopping is not ready', async () => {
  const { readiness } = parts()
  await vi.advanceTimersByTimeAsync(10)
  readiness.drain()
  expect(readiness.state()).toMatchObject({ ready: false, parts: { gateway: 'stopping' } })
  readiness.stop()
})
