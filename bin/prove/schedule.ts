import { Random } from '../simulate/random.ts'
import type { Fault } from './ground.ts'

/** A fault with its name. */
export type Named = readonly [name: string, fault: Fault]

/** What is to come: `random` in a random order, over and over until the time is over; then each of `after` once. */
export interface Programme {
  readonly random: readonly Named[]
  readonly after: readonly Named[]
  readonly seed: string
  /** How long `random` goes on, in ms. */
  readonly forMs: number
}

/** Faults in an order that depends on nothing but the seed; how many of them, on how long they take. */
export function* schedule({ random: faults, after, seed, forMs }: Programme): Iterable<Named> {
  const random = new Random(`${seed}/schedule`)
  const startedMs = Date.now()
  while (faults.length > 0 && Date.now() - startedMs < forMs) {
    const left = [...faults]
    while (left.length > 0 && Date.now() - startedMs < forMs) yield left.splice(random.whole(0, left.length - 1), 1)[0]!
  }
  yield* after
}
