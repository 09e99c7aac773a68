import type { ProveOptions } from './options.ts'
import { type Course, courseRows } from './resources/courses.ts'
import type { Outcome } from './trial.ts'

/** Faults that were chosen but not injected, by name: why each could not be, or that the time was over before. */
export type LeftOut = Readonly<Record<string, string>>

/** Prints a trial's outcome as tables, or as JSON. */
export function print(outcome: Outcome, leftOut: LeftOut, options: ProveOptions): void {
  const { seed, log, rate, minutes } = options
  if (options.json) {
    console.log(JSON.stringify({ seed, log, rate, minutes, leftOut, ...outcome }, undefined, 2))
  } else {
    const rows = outcome.injected.map(({ fault, sent, accepted, stored, lost, duplicated, lastedMs, recoveryMs }) => ({
      fault,
      sent,
      accepted,
      stored,
      lost,
      duplicated,
      'lasted s': seconds(lastedMs),
      'recovery s': recoveryMs === undefined ? 'none' : seconds(recoveryMs),
    }))
    console.table(rows)
    if (outcome.courses) printCourses(outcome.courses)
    const { total } = outcome
    console.log(
      `${total.sent} events sent: ${total.accepted} accepted, ${total.rejected} rejected, ${total.unknown} of unknown fate; ` +
        `${total.stored} stored, ${total.lost} lost, ${total.duplicated} duplicated. Seed ${seed}.`,
    )
  }
  for (const [fault, why] of Object.entries(leftOut)) console.error(`${fault} was not injected: ${why}`)
  for (const { invariant, message } of outcome.violations) console.error(`${invariant} is broken: ${message}`)
  if (outcome.violations.length === 0) console.error('Every invariant holds.')
}

/** Lives that were long enough; what is too short to be judged is in the JSON only. */
function printCourses(courses: readonly Course[]): void {
  const long = courses.filter(({ verdict }) => verdict !== 'too short')
  console.table(courseRows(long))
  console.log(`${courses.length - long.length} measures of lives that were too short to be judged are left out.`)
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10
