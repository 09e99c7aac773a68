import { inTimeOrder, type PlannedVisit } from './in-time-order.ts'
import { Random } from './random.ts'
import { type Timed, visit } from './visit.ts'
import { createVisitor, type Visitor } from './visitor.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Visits by the visitor's own hour of the day: asleep at four, a peak at noon, a higher one after dinner. */
const hours = [3, 2, 1, 1, 1, 2, 4, 8, 13, 17, 19, 20, 21, 19, 18, 18, 18, 19, 21, 24, 26, 24, 16, 8].map(
  (weight, hour) => [hour, weight] as const,
)
const weekend = 0.7

/** Whole days to fill, and the begun day of `untilMs` (ms since 1970) up to then, if it has begun. */
export interface BackfillPlan {
  readonly seed: string
  readonly users: number
  readonly days: number
  readonly untilMs: number
}

/**
 * The events of these days in the order of their times: the same plan, the same events. A plan that ends later on the same day
 * has the same ones first.
 */
export function* backfill(plan: BackfillPlan): Generator<Timed> {
  const visitors = Array.from({ length: plan.users }, (_, number) => createVisitor(plan.seed, number))
  const startMs = firstMs(plan)
  const days = Math.ceil((plan.untilMs - startMs) / dayMs)
  for (const timed of inTimeOrder(daily(visitors, startMs, days))) {
    if (timed.timeMs >= plan.untilMs) return
    yield timed
  }
}

/** Midnight (UTC) at which the first day begins. */
export const firstMs = ({ days, untilMs }: Pick<BackfillPlan, 'days' | 'untilMs'>): number =>
  Math.floor(untilMs / dayMs) * dayMs - days * dayMs

function* daily(visitors: readonly Visitor[], startMs: number, days: number): Generator<PlannedVisit> {
  for (let day = 0; day < days; day++) {
    const midnightMs = startMs + day * dayMs
    const starts = visitors.flatMap((visitor) => startsOfDay(visitor, midnightMs).map((atMs) => ({ visitor, atMs })))
    starts.sort((one, other) => one.atMs - other.atMs)
    for (const { visitor, atMs } of starts) {
      if (atMs >= visitor.busyUntilMs) yield { startMs: atMs, events: visit(visitor, atMs) }
    }
  }
}

function startsOfDay({ random, place, visitsPerDay }: Visitor, midnightMs: number): number[] {
  const dayOfWeek = new Date(midnightMs).getUTCDay()
  const expected = visitsPerDay * (dayOfWeek === 0 || dayOfWeek === 6 ? weekend : 1)
  const starts: number[] = []
  for (let sum = random.exponential(1); sum < expected; sum += random.exponential(1)) {
    const hour = (random.weighted(hours) - place.aheadHours + 48) % 24
    starts.push(midnightMs + (Math.floor((hour + random.next()) * hourMs) % dayMs))
  }
  return starts
}

/** Traffic at a rate, from a moment on. */
export interface LivePlan {
  readonly seed: string
  readonly users: number
  /** Events a second, on average. */
  readonly rate: number
  readonly startMs: number
}

/** Visits are this long at most in practice; so much is played before the start, that there are visits in every stage. */
const warmUpMs = 5 * 60_000

/** Endless traffic from `startMs` on, in the order of time. */
export function* live(plan: LivePlan): Generator<Timed> {
  for (const timed of inTimeOrder(arrivals(plan))) {
    if (timed.timeMs >= plan.startMs) yield timed
  }
}

function* arrivals(plan: LivePlan): Generator<PlannedVisit> {
  const random = new Random(`${plan.seed}/arrivals`)
  const visitors = Array.from({ length: plan.users }, (_, number) => createVisitor(plan.seed, number))
  const perVisit = eventsPerVisit(plan.seed)
  for (let atMs = plan.startMs - warmUpMs; ; atMs += random.exponential((perVisit / plan.rate) * 1000)) {
    const visitor = someoneFree(visitors, random, atMs)
    yield { startMs: atMs, events: visit(visitor, Math.round(atMs)) }
  }
}

/** Mostly those who come often. When all are busy, somebody has a second window open. */
function someoneFree(visitors: readonly Visitor[], random: Random, atMs: number): Visitor {
  let someone = random.pick(visitors)
  for (let tries = 0; tries < 30; tries++) {
    if (someone.busyUntilMs <= atMs && random.chance(someone.visitsPerDay / 1.5)) return someone
    someone = random.pick(visitors)
  }
  return someone
}

/** Mean number of events in a visit, by trying; it turns a rate of events into one of visits. */
export function eventsPerVisit(seed: string): number {
  const tries = 2_000
  let events = 0
  for (let number = 0; number < tries; number++) events += visit(createVisitor(`${seed}/measure`, number), 0).length
  return events / tries
}

/** How many users a rate needs so that visits of one user seldom overlap: a visit takes about a minute and a half. */
export const usersFor = (rate: number): number => Math.ceil(rate * 15)
