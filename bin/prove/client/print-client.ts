import type { ClientOutcome } from './prove-client.ts'

const megabytes = (bytes: number): number => Math.round(bytes / 1024 ** 2)

/** Prints a proof of the client: its memory at ten moments, and its sums. */
export function printClient(outcome: ClientOutcome, json: boolean): void {
  const { stats, stored, looks, violations } = outcome
  if (json) console.log(JSON.stringify(outcome, undefined, 2))
  else {
    console.table(
      tenths(looks).map(({ atMs, accepted, waitingEvents, rssBytes }) => ({
        s: Math.round(atMs / 1_000),
        accepted,
        'without a verdict': waitingEvents,
        'resident MB': megabytes(rssBytes),
      })),
    )
    const most = (of: (look: (typeof looks)[number]) => number): number =>
      looks.reduce((max, look) => Math.max(max, of(look)), 0)
    console.log(
      `${stats.accepted} events accepted and ${stats.rejected} rejected, ${stats.resent} sent again, over ${outcome.kills} kills of the gateway: ` +
        `${stored.stored} stored, ${stored.lost} lost, ${stored.duplicated} duplicated, ${stored.deadLetters} dead letters.\n` +
        `${Math.round(outcome.acceptedPerSecond)} events/s until the last verdict, ${Math.round(outcome.storedPerSecond)} until the last row; ` +
        `${outcome.cpuUs.toFixed(1)} µs of the client's process an event; resident at most ${megabytes(most((look) => look.rssBytes))} MB, ` +
        `without a verdict at most ${most((look) => look.waitingEvents)} events of ${megabytes(most((look) => look.waitingBytes))} MB.`,
    )
  }
  for (const { invariant, message } of violations) console.error(`${invariant} is broken: ${message}`)
  if (violations.length === 0) console.error('Every event is stored once.')
}

/** The look at the end of each tenth, and the last one. */
function tenths<T>(looks: readonly T[]): T[] {
  const step = Math.max(1, Math.floor(looks.length / 10))
  return looks.filter((_, at) => at % step === 0 || at === looks.length - 1)
}
