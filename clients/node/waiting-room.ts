/** How much may wait. An event larger than `bytes` may wait alone. */
export interface Room {
  readonly events: number
  readonly bytes: number
}

/**
 * Counts the events that are in memory, and lets no more in than there is room for. Who waits for room gets it in turn, and
 * nobody overtakes.
 */
export class WaitingRoom {
  readonly #room: Room
  readonly #queue: { readonly bytes: number; readonly enter: () => void }[] = []
  #events = 0
  #bytes = 0

  constructor(room: Room) {
    this.#room = room
  }

  /** Events in memory. */
  get events(): number {
    return this.#events
  }

  /** Their encoded size. */
  get bytes(): number {
    return this.#bytes
  }

  /** Events for which there was no room yet. */
  get outside(): number {
    return this.#queue.length
  }

  /** Lets an event in if there is room and nobody waits before it. */
  tryEnter(bytes: number): boolean {
    if (this.#queue.length > 0 || !this.#fits(bytes)) return false
    this.#events += 1
    this.#bytes += bytes
    return true
  }

  /** Resolves when an event of this size is in. */
  enter(bytes: number): Promise<void> {
    return new Promise((enter) => this.#queue.push({ bytes, enter }))
  }

  /** Lets go of events that have an outcome. */
  leave(events: number, bytes: number): void {
    this.#events -= events
    this.#bytes -= bytes
    for (let next = this.#queue[0]; next && this.#fits(next.bytes); next = this.#queue[0]) {
      this.#queue.shift()
      this.#events += 1
      this.#bytes += next.bytes
      next.enter()
    }
  }

  #fits(bytes: number): boolean {
    if (this.#events === 0) return true
    return this.#events < this.#room.events && this.#bytes + bytes <= this.#room.bytes
  }
}
