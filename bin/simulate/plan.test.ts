import { toBinary } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { EventSchema } from '../../proto/gen/userflow/v1/event_pb.ts'
import { rates } from './journey.ts'
import { backfill, eventsPerVisit, live } from './plan.ts'
import type { Timed } from './visit.ts'

const untilMs = Date.UTC(2026, 10, 22)
const plan = { seed: '7', users: 300, days: 14, untilMs }
const world = [...backfill(plan)]
const wire = (all: readonly Timed[]) =>
  all.map(({ event }) => Buffer.from(toBinary(EventSchema, event)).toString('hex'))
const nameOf = ({ event }: Timed) => (event.action.case === 'custom' ? event.action.value.name : '')
const sessionsWhere = (is: (timed: Timed) => boolean) => new Set(world.filter(is).map(({ event }) => event.sessionId))
const both = (one: ReadonlySet<string>, other: ReadonlySet<string>) => new Set([...one].filter((id) => other.has(id)))
const onPage = (path: string) => sessionsWhere(({ event }) => event.page!.url === `https://shop.example${path}`)

test('the same seed makes the same events byte for byte, another seed others', () => {
  const short = { ...plan, days: 2 }
  const first = wire([...backfill(short)])
  expect(first.length).toBeGreaterThan(500)
  expect(wire([...backfill(short)])).toEqual(first)
  expect(wire([...backfill({ ...short, seed: '8' })])[0]).not.toBe(first[0])
})

test('a day that has begun is filled up to the moment, and a later moment adds to it', () => {
  const begun = { ...plan, days: 2, untilMs: untilMs + 13 * 3_600_000 }
  const [early, late] = [
    wire([...backfill(begun)]),
    wire([...backfill({ ...begun, untilMs: untilMs + 14 * 3_600_000 })]),
  ]
  expect(late.slice(0, early.length)).toEqual(early)
  expect(late.length).toBeGreaterThan(early.length)
  const days = new Set([...backfill(begun)].map(({ timeMs }) => Math.floor(timeMs / 86_400_000)))
  expect(days.size).toBe(3)
})

test('every event has an id of its own, and times ascend within the days asked for', () => {
  expect(new Set(world.map(({ event }) => event.eventId)).size).toBe(world.length)
  const times = world.map(({ timeMs }) => timeMs)
  expect(times).toEqual(times.toSorted((one, other) => one - other))
  expect(times[0]).toBeGreaterThanOrEqual(untilMs - 14 * 86_400_000)
  expect(times.at(-1)).toBeLessThan(untilMs)
})

test('a session belongs to one visitor, counts from 1 without a hole, and its times ascend', () => {
  for (const [, events] of Map.groupBy(world, ({ event }) => event.sessionId)) {
    expect(new Set(events.map(({ event }) => event.visitorId)).size).toBe(1)
    expect(events.map(({ event }) => event.sequence)).toEqual(events.map((_, index) => index + 1))
  }
})

test('nothing breaks a limit of the contract', () => {
  for (const { event } of world) {
    expect(event.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(event.action.case).toBeDefined()
    expect(toBinary(EventSchema, event).length).toBeLessThan(4_096)
    if (event.action.case === 'scroll') expect(event.action.value.depthPercent).toBeLessThanOrEqual(100)
    if (event.action.case === 'webVital') expect(event.action.value.value).toBeGreaterThanOrEqual(0)
    expect(event.device!.ipAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
  }
})

test('all kinds of action occur', () => {
  const kinds = ['pageView', 'click', 'scroll', 'formSubmit', 'hover', 'keydown', 'webVital', 'custom']
  expect([...new Set(world.map(({ event }) => event.action.case))].sort()).toEqual(kinds.sort())
})

test('most visitors of two weeks come back on another day', () => {
  const visitors = [...Map.groupBy(world, ({ event }) => event.visitorId).values()]
  const days = visitors.map((events) => new Set(events.map(({ timeMs }) => Math.floor(timeMs / 86_400_000))).size)
  expect(days.filter((count) => count > 1).length / days.length).toBeGreaterThan(0.5)
})

test('the evening is busier than the night', () => {
  const londoners = world.filter(({ event }) => event.device!.timeZone === 'Europe/London')
  const between = (from: number, to: number) =>
    londoners.filter(({ timeMs }) => new Date(timeMs).getUTCHours() >= from && new Date(timeMs).getUTCHours() < to)
      .length
  expect(between(18, 22)).toBeGreaterThan(4 * between(1, 5))
})

test('the shop’s funnel narrows at the rates it is built with', () => {
  const added = sessionsWhere((timed) => nameOf(timed) === 'add_to_cart')
  const cart = both(onPage('/cart'), added)
  const checkout = both(onPage('/checkout'), cart)
  const bought = sessionsWhere((timed) => nameOf(timed) === 'purchase')
  expect(both(bought, checkout).size).toBe(bought.size)
  // A wide margin: the days hold some two hundred carts, and a session cut off by the end is no finding.
  expect(Math.abs(cart.size / added.size - rates.openCart)).toBeLessThan(0.12)
  expect(Math.abs(checkout.size / cart.size - rates.checkout)).toBeLessThan(0.15)
  expect(bought.size / checkout.size).toBeGreaterThan(0.4)
  expect(bought.size / checkout.size).toBeLessThan(0.85)
})

test('forms are seen before they are begun and begun before they are sent, and some are given up', () => {
  const seen = sessionsWhere((timed) => nameOf(timed) === 'form_view')
  const begun = sessionsWhere((timed) => nameOf(timed) === 'form_start')
  const sent = sessionsWhere(({ event }) => event.action.case === 'formSubmit')
  expect(both(begun, seen).size).toBe(begun.size)
  expect(both(sent, begun).size).toBe(sent.size)
  expect(begun.size).toBeLessThan(seen.size)
  expect(sent.size).toBeLessThan(begun.size)
})

test('every screen has something to show: each vital, failures, rage, both variants, clicks in crowds', () => {
  const vitals = world.flatMap(({ event: { action } }) => (action.case === 'webVital' ? action.value.name : []))
  expect([...new Set(vitals)].sort()).toEqual(['CLS', 'FCP', 'INP', 'LCP', 'TTFB'])
  expect(sessionsWhere((timed) => nameOf(timed) === 'error').size).toBeGreaterThan(5)
  const clicks = world.filter(({ event }) => event.action.case === 'click')
  const fast = clicks.filter(({ event, timeMs }, at) => {
    const third = clicks.slice(at + 1, at + 40).filter((other) => other.event.sessionId === event.sessionId)[1]
    return third && third.timeMs - timeMs <= 1_000
  })
  expect(fast.length).toBeGreaterThan(5)
  const variants = world.flatMap(({ event }) => event.experiments.map(({ variant }) => variant))
  expect([...new Set(variants)].sort()).toEqual(['A', 'B', 'long', 'short'])
  const places = clicks.flatMap(({ event: { action } }) => (action.case === 'click' ? action.value.position!.y : []))
  const crowded = Map.groupBy(places, (y) => Math.floor(y / 20))
  expect(Math.max(...[...crowded.values()].map(({ length }) => length))).toBeGreaterThan(0.04 * places.length)
})

test('who signs up is a signed-in person from then on, and is active', () => {
  const signups = world.filter((timed) => nameOf(timed) === 'signup')
  expect(signups.length).toBeGreaterThan(5)
  for (const { event, timeMs } of signups) {
    const later = world.filter((other) => other.event.visitorId === event.visitorId && other.timeMs > timeMs)
    expect(new Set(later.map((other) => other.event.userId))).toEqual(new Set(later.length > 0 ? [event.userId] : []))
  }
  expect(sessionsWhere((timed) => nameOf(timed) === 'activity').size).toBeGreaterThan(signups.length)
})

test('some visitors are bots, and say so', () => {
  const agents = new Set(world.map(({ event }) => event.device!.userAgent))
  expect([...agents].some((agent) => /bot/i.test(agent))).toBe(true)
  expect(agents.size).toBeGreaterThan(15)
})

test('live traffic begins at once and keeps its rate', () => {
  const minutes: Timed[] = []
  for (const timed of live({ seed: '7', users: 1_500, rate: 50, startMs: untilMs })) {
    if (timed.timeMs >= untilMs + 600_000) break
    minutes.push(timed)
  }
  expect(minutes.length / 600).toBeGreaterThan(42)
  expect(minutes.length / 600).toBeLessThan(58)
  expect(minutes.filter(({ timeMs }) => timeMs < untilMs + 60_000).length / 60).toBeGreaterThan(35)
  expect(eventsPerVisit('7')).toBeGreaterThan(5)
})
