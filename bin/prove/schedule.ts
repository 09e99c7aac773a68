import { Random } from '../simulate/random.ts'
import type { Fault } from './ground.ts'

/** All of them in a random order, again and again in other orders; depends on nothing but the seed. */
export function* schedule(
  faults: readonly (readonly [name: string, fault: Fault])[],
  seed: string,
): Iterable<readonly [name: string, fault: Fault]> {
  const random = new Random(`${seed}/schedule`)
  for (;;) {
    const left = [...faults]
    while (left.length > 0) yield* left.splice(random.whole(0, left.length - 1), 1)
  }
}
