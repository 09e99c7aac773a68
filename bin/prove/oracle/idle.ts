import { setTimeout as sleep } from 'node:timers/promises'
import type { Measure, Sample } from '../resources/look.ts'
import type { Violation } from './evidence.ts'

/** What an idle process or name of connections may hold beyond what it held before the load. */
const mayAdd: Readonly<Partial<Record<Measure, number>>> = {
  // A connection to each broker for reading and for writing, and files that are opened at the first use.
  descriptors: 6,
  timers: 3,
  // A gateway asks Postgres now and then whether it is there.
  connections: 3,
}
/** Pools and senders keep a connection ten seconds after its last use. */
const patienceMs = 30_000

/**
 * I9 after the load: an idle system holds what it held before it. Looks until it does, at most `withinMs`. Processes may be others
 * than before: what counts is the most that one of the same kind held.
 */
export async function backToIdle(
  before: readonly Sample[],
  look: () => Promise<Sample[]>,
  withinMs = patienceMs,
): Promise<Violation[]> {
  const giveUpAt = Date.now() + withinMs
  for (;;) {
    const found = beyond(before, await look())
    if (found.length === 0 || Date.now() >= giveUpAt) return found
    await sleep(1_000)
  }
}

function beyond(before: readonly Sample[], now: readonly Sample[]): Violation[] {
  return now.flatMap(({ holder, values }) =>
    Object.entries(mayAdd).flatMap(([name, add]) => {
      const measure = name as Measure
      const held = values[measure]
      const most = mostOf(before, kindOf(holder), measure) + add
      if (held === undefined || held <= most) return []
      return [
        { invariant: 'I9', message: `${measure} of ${holder}: ${held} when idle after the load, ${most} would do` },
      ]
    }),
  )
}

const mostOf = (samples: readonly Sample[], kind: string, measure: Measure): number =>
  Math.max(0, ...samples.filter(({ holder }) => kindOf(holder) === kind).map(({ values }) => values[measure] ?? 0))

/** gateway-2 is a gateway; a name of connections is its own kind. */
const kindOf = (holder: string): string => holder.replace(/-\d+$/, '')
