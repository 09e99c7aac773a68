import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldSessions, sessionGapUs, spansKept, type VisitorState } from './fold.ts'
import { patchSessionIds } from './patch.ts'
import { sessionIdLength, sessionIdOf } from './session-id.ts'
import type { SessionlessEvent } from './sessionless-event.ts'

const minuteUs = 60_000_000
const startUs = Date.UTC(2026, 10, 22) * 1000

function event(minute: number, number: number, visitorId = 'v'): SessionlessEvent {
  const eventId = `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
  return { row: number, at: 0, companyId: 1, siteId: 2, visitorId, timeUs: startUs + minute * minuteUs, eventId }
}

/** Events of a few visitors at any minutes of two days, in any order. */
const anyEvents = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2880 }), fc.constantFrom('a', 'b', 'c')), { maxLength: 60 })
  .map((list) => list.map(([minute, visitor], index) => event(minute, index, visitor)))

/** Events of one visitor in the order of time. */
const orderedEvents = fc
  .array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 })
  .map((gaps) => gaps.map((_, index) => event(sum(gaps.slice(0, index + 1)), index)))

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

function merge(states: readonly VisitorState[], changed: readonly VisitorState[]): VisitorState[] {
  const all = new Map(states.map((state) => [state.visitorId, state]))
  for (const state of changed) all.set(state.visitorId, state)
  return [...all.values()]
}

describe('sessions of visitors whose sender names none', () => {
  test('a gap of exactly 30 minutes continues the session, one microsecond more opens another', () => {
    const first = event(0, 1)
    const at = { ...event(30, 2) }
    const after = { ...event(30, 3), timeUs: first.timeUs + sessionGapUs + 1 }
    const { sessionIds } = foldSessions([], [first, at])
    expect(sessionIds[1]).toBe(sessionIds[0])
    expect(foldSessions([], [first, after]).sessionIds[1]).not.toBe(sessionIds[0])
  })

  test('in-order events give the sessions of the textbook: a new one wherever the gap is exceeded', () => {
    fc.assert(
      fc.property(orderedEvents, (events) => {
        const textbook: string[] = []
        for (const [index, current] of events.entries()) {
          const previous = events[index - 1]
          const continues = previous !== undefined && current.timeUs - previous.timeUs <= sessionGapUs
          textbook.push(continues ? textbook.at(-1)! : sessionIdOf(current))
        }
        expect(foldSessions([], events).sessionIds).toEqual(textbook)
      }),
    )
  })

  test('two sessions of in-order events are never closer than the gap', () => {
    fc.assert(
      fc.property(orderedEvents, (events) => {
        const spans = foldSessions([], events).changed[0]?.spans ?? []
        for (const [index, [from]] of spans.entries()) {
          if (index > 0) expect(from - spans[index - 1]![1]).toBeGreaterThan(sessionGapUs)
        }
      }),
    )
  })

  test('a replay from the same stored state gives the same ids, however the batches are cut', () => {
    fc.assert(
      fc.property(anyEvents, fc.array(fc.integer({ min: 1, max: 20 })), (events, cuts) => {
        const whole = foldSessions([], events)
        let states: VisitorState[] = []
        const sessionIds: string[] = []
        for (let at = 0; at < events.length; ) {
          const size = cuts[sessionIds.length % Math.max(cuts.length, 1)] ?? 7
          const part = foldSessions(states, events.slice(at, at + size))
          sessionIds.push(...part.sessionIds)
          states = merge(states, part.changed)
          at += size
        }
        expect(sessionIds).toEqual(whole.sessionIds)
        expect(merge([], states)).toEqual(expect.arrayContaining(whole.changed))
      }),
    )
  })

  test('events told twice change neither the ids of the others nor what is remembered', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const once = foldSessions([], events)
        const twice = foldSessions(
          [],
          events.flatMap((one) => [one, one]),
        )
        expect(twice.sessionIds.filter((_, index) => index % 2 === 0)).toEqual(once.sessionIds)
        expect(twice.sessionIds.filter((_, index) => index % 2 === 1)).toEqual(once.sessionIds)
        expect(twice.changed).toEqual(once.changed)
      }),
    )
  })

  test('a whole in-order batch told again is recognised and changes nothing', () => {
    fc.assert(
      fc.property(
        orderedEvents.filter((events) => foldSessions([], events).changed.every((s) => s.spans.length < spansKept)),
        (events) => {
          const first = foldSessions([], events)
          const again = foldSessions(first.changed, events)
          expect(again.sessionIds).toEqual(first.sessionIds)
          expect(again.changed).toEqual([])
        },
      ),
    )
  })

  test('a late event joins the session it belongs to, and extends it backwards', () => {
    const { changed, sessionIds } = foldSessions([], [event(60, 1), event(200, 2), event(40, 3)])
    expect(sessionIds[2]).toBe(sessionIds[0])
    expect(changed[0]!.spans[0]![0]).toBe(event(40, 3).timeUs)
  })

  test('a late event between two sessions joins the one opened last', () => {
    const { sessionIds } = foldSessions([], [event(0, 1), event(50, 2), event(25, 3)])
    expect(sessionIds[2]).toBe(sessionIds[1])
    expect(sessionIds[1]).not.toBe(sessionIds[0])
  })

  test('companies, sites and visitors never share a session', () => {
    const base = event(0, 1)
    const others = [
      { ...base, companyId: 9 },
      { ...base, siteId: 9 },
      { ...base, visitorId: 'w' },
      { ...base, visitorId: '2 v' },
    ]
    expect(new Set(foldSessions([], [base, ...others]).sessionIds).size).toBe(5)
  })

  test('only the latest eight sessions are remembered, so the state is bounded', () => {
    const events = Array.from({ length: 50 }, (_, index) => event(index * 60, index))
    expect(foldSessions([], events).changed[0]!.spans).toHaveLength(spansKept)
  })

  test('an untouched state is not stored again', () => {
    const { changed } = foldSessions([], [event(0, 1), event(10, 2)])
    expect(foldSessions(changed, [event(5, 3)]).changed).toEqual([])
  })

  test('the id is a UUID of version 8', () => {
    expect(sessionIdOf(event(0, 1))).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  test('ids are written into their places and nowhere else', () => {
    const rows = new Uint8Array(100).fill(7)
    const id = sessionIdOf(event(0, 1))
    patchSessionIds({ rows, sessionless: [{ ...event(0, 1), at: 30 }] }, [id])
    expect(Buffer.from(rows.subarray(30, 30 + sessionIdLength)).toString()).toBe(id)
    expect([...rows].filter((byte) => byte === 7)).toHaveLength(100 - sessionIdLength)
    expect(() => patchSessionIds({ rows, sessionless: [] }, [id])).toThrow('one session id')
  })
})
