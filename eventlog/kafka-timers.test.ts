import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { calmTimers, kafkajsInternal, type RequestQueue } from './kafka-timers.ts'

type Queue = RequestQueue & {
  maybeThrottle(ms: number): void
  push(request: {
    entry: { correlationId: number; resolve: () => void }
    expectResponse: boolean
    sendRequest: () => void
  }): void
  fulfillRequest(response: { correlationId: number; payload: null; size: number }): void
  destroy(): void
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function createQueue(maxInFlightRequests: number | null = null): Queue {
  calmTimers()
  const silent = { debug() {}, warn() {}, info() {}, error() {} }
  const Queue = kafkajsInternal('network/requestQueue') as new (options: object) => Queue
  return new Queue({
    maxInFlightRequests,
    requestTimeout: 30_000,
    enforceRequestTimeout: false,
    clientId: 'test',
    broker: 'b',
    logger: { ...silent, namespace: () => silent },
  })
}

const request = (correlationId: number, sent: number[]) => ({
  entry: { correlationId, resolve() {} },
  expectResponse: true,
  sendRequest: () => void sent.push(correlationId),
})

test('an idle connection sets no timer', () => {
  const queue = createQueue()
  queue.checkPendingRequests()
  expect(vi.getTimerCount()).toBe(0)
})

test('a throttled request leaves when the throttling is over, and no timer is left', () => {
  const queue = createQueue()
  const sent: number[] = []
  queue.maybeThrottle(200)
  queue.push(request(1, sent))
  queue.push(request(2, sent))
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(199)
  expect(sent).toEqual([])
  vi.advanceTimersByTime(20)
  expect(sent).toEqual([1, 2])
  expect(vi.getTimerCount()).toBe(0)
  queue.destroy()
})

test('a request over the limit leaves when an earlier one is answered', () => {
  const queue = createQueue(1)
  const sent: number[] = []
  queue.push(request(1, sent))
  queue.push(request(2, sent))
  vi.advanceTimersByTime(50)
  expect(sent).toEqual([1])
  queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 })
  expect(sent).toEqual([1, 2])
  vi.advanceTimersByTime(50)
  queue.fulfillRequest({ correlationId: 2, payload: null, size: 0 })
  expect(vi.getTimerCount()).toBe(0)
})
