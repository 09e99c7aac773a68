import type { Timed } from './visit.ts'

/** A visit's start and its events, none before the start. */
export interface PlannedVisit {
  readonly startMs: number
  readonly events: readonly Timed[]
}

/** Merges visits, given by ascending start, into events by ascending time. Holds only the visits under way. */
export function* inTimeOrder(visits: Iterable<PlannedVisit>): Generator<Timed> {
  const waiting = new Heap()
  for (const visit of visits) {
    for (let next = waiting.least; next && next.timeMs < visit.startMs; next = waiting.least) {
      yield next
      waiting.removeLeast()
    }
    for (const event of visit.events) waiting.add(event)
  }
  for (let next = waiting.least; next; next = waiting.least) {
    yield next
    waiting.removeLeast()
  }
}

/** A binary heap by time; equal times come out in the order of their ids, so that the order is one. */
class Heap {
  readonly #items: Timed[] = []

  get least(): Timed | undefined {
    return this.#items[0]
  }

  add(item: Timed): void {
    const items = this.#items
    let at = items.push(item) - 1
    for (let up = (at - 1) >> 1; at > 0 && before(item, items[up]!); up = (at - 1) >> 1) {
      items[at] = items[up]!
      at = up
    }
    items[at] = item
  }

  removeLeast(): void {
    const items = this.#items
    const last = items.pop()!
    if (items.length === 0) return
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      if (down + 1 < items.length && before(items[down + 1]!, items[down]!)) down++
      if (down >= items.length || !before(items[down]!, last)) break
      items[at] = items[down]!
      at = down
    }
    items[at] = last
  }
}

const before = (one: Timed, other: Timed): boolean =>
  one.timeMs < other.timeMs || (one.timeMs === other.timeMs && one.event.eventId < other.event.eventId)
