/** Runs a piece of work when its turn comes. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Lets at most `most` pieces of work run at once; the others wait in the order they came. More batches at once than Postgres
 * has cores only make each one slower, until all of them run into their time-out.
 */
export function createTurns(most: number): Turns {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running < most) running += 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      // The turn goes to the next one directly: nobody who comes in between overtakes.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
