import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

/** A file of ids that were acknowledged, one a line. What stands in it must be found in the store, whatever died since. */
export interface Ledger extends Disposable {
  /** Appends and waits for the disk. */
  add(eventIds: readonly string[]): void
}

/** Opens a ledger for appending. */
export function openLedger(file: string): Ledger {
  const descriptor = openSync(file, 'a', 0o600)
  return {
    add(eventIds) {
      if (eventIds.length === 0) return
      writeSync(descriptor, `${eventIds.join('\n')}\n`)
      fsyncSync(descriptor)
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  }
}
