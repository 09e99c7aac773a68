import fc from 'fast-check'
import { expect, test } from 'vitest'
import { appendDeadlineMicros, completeness } from './progress.ts'

const readAt = 1_000_000_000
const known = (over: Partial<Parameters<typeof completeness>[0]>) =>
  completeness({ readAt, partitions: 1, watermarks: [{ partition: 0, low: 0, high: 5 }], stored: [], ...over })

test('a partition stored to its end is complete to a deadline before the end was read', () => {
  expect(known({ stored: [{ partition: 0, nextOffset: 5, receivedTo: 7 }] })).toBe(readAt - appendDeadlineMicros)
})

test('a partition that nobody took over counts as complete while it is empty, else nothing is known', () => {
  expect(known({ watermarks: [{ partition: 0, low: 0, high: 0 }] })).toBe(readAt - appendDeadlineMicros)
  expect(known({})).toBeUndefined()
  expect(known({ watermarks: [] })).toBeUndefined()
})

test('without the log, only what is stored says how complete an answer is', () => {
  const receivedTo = readAt - 100
  expect(known({ watermarks: undefined, stored: [{ partition: 0, nextOffset: 5, receivedTo }] })).toBe(
    receivedTo - appendDeadlineMicros,
  )
  expect(known({ watermarks: undefined, partitions: 2, stored: [{ partition: 0, nextOffset: 5, receivedTo }] })).toBe(
    undefined,
  )
})

/** Events of one partition, by the time they reach the log; each was received at most a deadline before. */
const partitionOfEvents = fc
  .array(fc.record({ appended: fc.nat({ max: 60_000_000 }), waited: fc.nat({ max: appendDeadlineMicros }) }), {
    maxLength: 12,
  })
  .map((events) => events.toSorted((a, b) => a.appended - b.appended))

test('whatever is read when: every event received before the answer is stored', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(partitionOfEvents, fc.nat({ max: 12 })), { minLength: 1, maxLength: 4 }),
      fc.nat({ max: 70_000_000 }),
      fc.boolean(),
      (partitions, now, logAnswers) => {
        const state = partitions.map(([events, take], partition) => {
          const high = events.filter((event) => event.appended <= now).length
          const nextOffset = Math.min(take, high)
          const received = events.slice(0, nextOffset).map((event) => event.appended - event.waited)
          return {
            partition,
            events,
            high,
            nextOffset,
            receivedTo: received.length ? Math.max(...received) : undefined,
          }
        })
        const completeTo = completeness({
          readAt: now,
          partitions: state.length,
          watermarks: logAnswers ? state.map(({ partition, high }) => ({ partition, low: 0, high })) : undefined,
          stored: state,
        })
        if (completeTo === undefined) return
        for (const { events, nextOffset } of state) {
          for (const event of events.slice(nextOffset)) {
            expect(event.appended - event.waited).toBeGreaterThanOrEqual(completeTo)
          }
        }
      },
    ),
    { numRuns: 2_000 },
  )
})
