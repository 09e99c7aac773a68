import type { ProveOptions } from './options.ts'
import type { Outcome } from './trial.ts'

/** Prints a trial's outcome as a table, or as JSON. */
export function print(outcome: Outcome, options: ProveOptions): void {
  const { seed, log, rate, minutes } = options
  if (options.json) {
    console.log(JSON.stringify({ seed, log, rate, minutes, ...outcome }, undefined, 2))
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
    const { total } = outcome
    console.log(
      `${total.sent} events sent: ${total.accepted} accepted, ${total.rejected} rejected, ${total.unknown} of unknown fate; ` +
        `${total.stored} stored, ${total.lost} lost, ${total.duplicated} duplicated. Seed ${seed}.`,
    )
  }
  for (const { invariant, message } of outcome.violations) console.error(`${invariant} is broken: ${message}`)
  if (outcome.violations.length === 0) console.error('Every invariant holds.')
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10
