import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRegistry } from '../runtime/metrics.ts'
import { RequestError } from './errors.ts'
import { sampleKey } from './ingest/sample.case.ts'
import type { Key } from './keys.ts'
import { burstOf, createRateLimits, type RateLimitsOptions } from './rate-limits.ts'

/** Limits on a clock of the test's own; `take` answers true, or the seconds to wait. */
function limitsAt(more: Partial<RateLimitsOptions> = {}) {
  const clock = { nowMs: 0 }
  const registry = createRegistry()
  const limits = createRateLimits({ registry, nowMs: () => clock.nowMs, ...more })
  const take = (key: Key, events: number): true | number => {
    try {
      limits.take(key, events)
      return true
    } catch (error) {
      if (!(error instanceof RequestError) || error.code !== 'RATE_LIMITED') throw error
      return error.retryAfterSeconds ?? Number.NaN
    }
  }
  return { clock, take, registry, limits }
}

const keyOf = (eventsPerSecond?: number, more: Partial<Key> = {}): Key =>
  sampleKey({ ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }), ...more })

const rate = fc.integer({ min: 1, max: 5_000 })
const requests = fc.array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 1_000 })), {
  minLength: 1,
  maxLength: 200,
})

test('whatever is sent, no stretch of time lets more pass than its length times the rate and one burst', () => {
  fc.assert(
    fc.property(rate, requests, (perSecond, all) => {
      const { clock, take } = limitsAt()
      const passed: { atMs: number; events: number }[] = []
      for (const [pauseMs, events] of all) {
        clock.nowMs += pauseMs
        if (take(keyOf(perSecond), events) === true) passed.push({ atMs: clock.nowMs, events })
      }
      for (const [first, { atMs }] of passed.entries()) {
        let sum = 0
        for (const one of passed.slice(first)) {
          sum += one.events
          expect(sum).toBeLessThanOrEqual(((one.atMs - atMs) / 1_000) * perSecond + burstOf(perSecond) + 0.01)
        }
      }
    }),
  )
})

test('who stays below the rate is never refused, however the events are batched', () => {
  fc.assert(
    fc.property(rate, requests, (perSecond, all) => {
      const { clock, take } = limitsAt()
      for (const [, events] of all) {
        expect(take(keyOf(perSecond), events)).toBe(true)
        clock.nowMs += (events / perSecond) * 1_000
      }
    }),
  )
})

test('who waits as long as it is told passes, and one second earlier does not', () => {
  fc.assert(
    fc.property(rate, requests, (perSecond, all) => {
      const { clock, take } = limitsAt()
      for (const [pauseMs, events] of all) {
        clock.nowMs += pauseMs
        const waitSeconds = take(keyOf(perSecond), events)
        if (waitSeconds === true) continue
        clock.nowMs += (waitSeconds - 1) * 1_000
        if (waitSeconds > 1) expect(take(keyOf(perSecond), events)).toBe(1)
        clock.nowMs += 1_000
        expect(take(keyOf(perSecond), events)).toBe(true)
      }
    }),
  )
})

test('the burst is two seconds of the rate, and a full batch at least', () => {
  const { clock, take } = limitsAt()
  expect(take(keyOf(1), 1_000)).toBe(true)
  expect(take(keyOf(1), 1)).toBe(1)
  clock.nowMs += 999
  expect(take(keyOf(1), 1)).toBe(1)
  clock.nowMs += 1
  expect(take(keyOf(1), 1)).toBe(true)
  const fast = keyOf(2_000, { keyId: 'fast' })
  for (let at = 0; at < 4; at++) expect(take(fast, 1_000)).toBe(true)
  expect(take(fast, 1_000)).toBe(1)
  expect(take(keyOf(1), 1_000)).toBe(1_000)
})

test('keys of a company share its limit, other companies have their own, and a refusal takes nothing from either', () => {
  const { take } = limitsAt()
  const ours = { companyEventsPerSecond: 500 }
  expect(take(keyOf(undefined, { ...ours, keyId: 'a' }), 600)).toBe(true)
  expect(take(keyOf(10, { ...ours, keyId: 'b' }), 500)).toBe(1)
  // Had the refusal above taken 500 from the key, this would not pass; the company has 400 left.
  expect(take(keyOf(10, { ...ours, keyId: 'b' }), 400)).toBe(true)
  expect(take(keyOf(10, { companyId: 8, keyId: 'b' }), 600)).toBe(true)
  expect(take(keyOf(undefined, { ...ours, companyId: 8, keyId: 'c' }), 1_000)).toBe(true)
  expect(take(keyOf(undefined, { keyId: 'a' }), 1_000)).toBe(true)
})

test('what passes is taken from both limits, whichever is the lower', () => {
  for (const [own, company] of [
    [1, 400],
    [400, 1],
  ] as const) {
    const { take } = limitsAt()
    expect(take(keyOf(own, { companyEventsPerSecond: company }), 1_000)).toBe(true)
    expect(take(keyOf(own), 1)).toBe(1)
    expect(take(keyOf(undefined, { companyEventsPerSecond: company }), 1)).toBe(1)
    expect(take(keyOf(own, { companyEventsPerSecond: company }), 800)).toBe(800)
  }
})

test('a limit that was lowered or lifted holds at once', () => {
  const { take } = limitsAt()
  expect(take(keyOf(5_000), 1_000)).toBe(true)
  expect(take(keyOf(1), 1_000)).toBe(true)
  expect(take(keyOf(1), 1)).toBe(1)
  expect(take(keyOf(), 1_000)).toBe(true)
})

test('what is remembered is bounded, and those in use are kept', () => {
  const { take } = limitsAt({ mostBuckets: 3 })
  expect(take(keyOf(1, { keyId: 'used' }), 1_000)).toBe(true)
  for (let at = 0; at < 50; at++) {
    expect(take(keyOf(1, { keyId: `other-${at}` }), 1)).toBe(true)
    expect(take(keyOf(1, { keyId: 'used' }), 1)).toBe(1)
  }
})

test('as many as are remembered keep their place, in whatever order they send', () => {
  const { take } = limitsAt({ mostBuckets: 3 })
  const ids = ['a', 'b', 'c']
  for (const keyId of ids) expect(take(keyOf(1, { keyId }), 1_000)).toBe(true)
  for (const keyId of ['b', 'a', 'c', 'a', ...ids]) expect(take(keyOf(1, { keyId }), 1)).toBe(1)
})

test('what is refused is counted, by whose limit it was', async () => {
  const { take, registry } = limitsAt()
  take(keyOf(1), 1_000)
  take(keyOf(1), 30)
  take(keyOf(undefined, { companyEventsPerSecond: 1 }), 1_000)
  take(keyOf(undefined, { companyEventsPerSecond: 1 }), 4)
  const text = await registry.metrics()
  expect(text).toContain('userflow_rate_limited_events_total{limit="key"} 30')
  expect(text).toContain('userflow_rate_limited_events_total{limit="company"} 4')
})
