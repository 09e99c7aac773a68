import { median } from '../../bench/figures.ts'
import type { Violation } from '../oracle/evidence.ts'
import type { Measure, Sample } from './look.ts'

/** How one measure went in the life of one holder: from the start of a process to its end, or to the end of the load. */
export interface Course {
  readonly holder: string
  readonly pid?: number
  readonly measure: Measure
  /** From the first look to the last. */
  readonly lifeMs: number
  /** Looks that count: no fault was under way, and none had just ended. */
  readonly looks: number
  /** Medians of the first and the last third of those looks. */
  readonly firstThird: number
  readonly lastThird: number
  /** Medians of the second and of the last quarter, which are compared. */
  readonly settled: number
  readonly end: number
  /** The most that `end` may be; absent for what is told but not judged. */
  readonly most?: number
  readonly verdict: 'flat' | 'grows' | 'too short' | 'not judged'
}

/** A span of time in ms since 1970. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The rule: of the looks in calm time the median of the last quarter is at most 1.2 times that of the second quarter, and
 * `add` more. The first quarter is left out: a fresh process fills caches and compiles. A life with fewer looks than `looks`
 * is too short. A leak of one thing in each batch or request passes every one of these constants within minutes.
 */
const mayGrow = 1.2
interface Allowance {
  readonly add: number
  readonly looks: number
}
const allowed: Readonly<Record<Measure, Allowance | undefined>> = {
  // V8 lets its heaps grow for minutes before it collects them as a whole: seen are 165 to 285 MB in three minutes of a worker.
  'memory MB': { add: 96, looks: 36 },
  'heap MB': { add: 24, looks: 24 },
  descriptors: { add: 8, looks: 12 },
  timers: { add: 8, looks: 12 },
  'active resources': { add: 12, looks: 12 },
  connections: { add: 3, looks: 12 },
  // Whoever else uses the machine delays the loop.
  'loop delay p99 ms': undefined,
}

/** Connections of a pool stay ten seconds after they are needed. */
const settleMs = 15_000

/** Puts samples together by holder, life and measure, and judges each. `faults`: from injection to recovery. */
export function coursesOf(samples: readonly Sample[], faults: readonly Span[]): Course[] {
  const lives = Map.groupBy(samples, ({ holder, pid }) => `${holder} ${pid ?? ''}`)
  const measures = Object.keys(allowed) as Measure[]
  return [...lives.values()].flatMap((life) =>
    measures.flatMap((measure) => {
      const taken = life.filter(({ values }) => values[measure] !== undefined)
      return taken.length > 0 ? [courseOf(taken, measure, faults)] : []
    }),
  )
}

function courseOf(life: readonly Sample[], measure: Measure, faults: readonly Span[]): Course {
  const calm = life.filter(({ atMs }) => !faults.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs + settleMs))
  const part = (from: number, to: number): number =>
    median(
      calm
        .slice(Math.floor(calm.length * from), Math.ceil(calm.length * to))
        .map(({ values }) => values[measure] as number),
    )
  const { holder, pid, atMs } = life[0] as Sample
  const settled = part(1 / 4, 1 / 2)
  const end = part(3 / 4, 1)
  const allowance = allowed[measure]
  const most = allowance && settled * mayGrow + allowance.add
  const verdict = judge(calm.length >= (allowance?.looks ?? 0), end, most)
  return {
    holder,
    ...(pid === undefined ? {} : { pid }),
    measure,
    lifeMs: (life.at(-1) as Sample).atMs - atMs,
    looks: calm.length,
    firstThird: part(0, 1 / 3),
    lastThird: part(2 / 3, 1),
    settled,
    end,
    ...(most === undefined ? {} : { most }),
    verdict,
  }
}

function judge(longEnough: boolean, end: number, most: number | undefined): Course['verdict'] {
  if (most === undefined) return 'not judged'
  if (!longEnough) return 'too short'
  return end <= most ? 'flat' : 'grows'
}

/**
 * I9 over time: what grows is a leak. A soak in which no life of a gateway or of a worker was long enough has proved nothing,
 * and says so.
 */
export function growing(courses: readonly Course[]): Violation[] {
  const found = courses
    .filter(({ verdict }) => verdict === 'grows')
    .map(({ holder, pid, measure, settled, end, most }) => ({
      invariant: 'I9',
      message: `${measure} of ${holder}${pid ? ` (process ${pid})` : ''} grew from ${round(settled)} to ${round(end)}; at most ${round(most ?? 0)} would be flat`,
    }))
  for (const role of ['gateway', 'worker']) {
    const judged = courses.some(
      ({ holder, pid, verdict }) => pid && holder.startsWith(`${role}-`) && (verdict === 'flat' || verdict === 'grows'),
    )
    if (!judged) found.push({ invariant: 'I9', message: `no ${role} lived long enough to be judged` })
  }
  return found
}

/** Lines for console.table. */
export const courseRows = (courses: readonly Course[]): Record<string, string | number>[] =>
  courses.map(({ holder, pid, measure, lifeMs, firstThird, lastThird, settled, end, most, looks, verdict }) => ({
    holder,
    process: pid ?? '',
    'life s': Math.round(lifeMs / 1_000),
    looks,
    measure,
    'first third': round(firstThird),
    'last third': round(lastThird),
    'second quarter': round(settled),
    'last quarter': round(end),
    'at most': most === undefined ? '' : round(most),
    verdict,
  }))

const round = (value: number): number => Math.round(value * 10) / 10
