import { setImmediate as turn } from 'node:timers/promises'
import { retry } from '../runtime/retry.ts'
import { Accumulator, type PartitionWrite } from './accumulator.ts'
import { EmbeddedReader } from './embedded-reader.ts'
import { type EmbeddedStore, isBusy, openStore } from './embedded-store.ts'
import type { Appended, EventLog } from './eventlog.ts'
import { Health } from './health.ts'

/** How to open the embedded log. */
export interface EmbeddedLogOptions {
  /** The file; it and its folder are created when missing. Gateway and worker open the same one. */
  readonly path: string
  readonly topic: string
  readonly partitions: number
  /** How often an idle reader looks for records of other processes. */
  readonly pollMs?: number
}

/** The log in a file, for one machine: what `KAFKA_BROKERS` not being set means. */
export interface EmbeddedLog extends EventLog {
  /** Deletes records with offset < below. Offsets are not used again. */
  trim(partition: number, below: number): Promise<void>
}

/** Opens the embedded log. @throws if the file cannot be used, or has another topic or number of partitions. */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { topic, partitions, pollMs = 25 } = options
  const store = openStore(options)
  const readers = new Set<EmbeddedReader>()
  const health = new Health(async () => store.probe())
  const accumulator = new Accumulator({
    partitions,
    write: async (writes) => {
      const answers = await whenFree(() => write(store, writes))
      for (const reader of readers) reader.wake()
      return answers
    },
    // The file has one writer at a time anyway.
    writesInFlight: 1,
    maxWriteBytes: 4 * 1024 * 1024,
    maxWriteRecords: 5_000,
    maxHeldBytes: 64 * 1024 * 1024,
  })
  const trim = async (partition: number, below: number): Promise<void> => {
    // In pieces: the event loop and the other process get their turn in between.
    while (await whenFree(() => store.trim(partition, below))) await turn()
  }

  return {
    topic,
    partitions,
    append: (records, { deadlineMs }) => health.watch(accumulator.append(records, deadlineMs)),
    watermarks: async () => store.bounds(),
    scan: (range) => scan(store, range),
    async openReader(handlers) {
      const reader = new EmbeddedReader({ store, handlers, pollMs, onClose: () => readers.delete(reader) })
      readers.add(reader)
      return reader
    },
    health: () => health.state(),
    trim,
    async [Symbol.asyncDispose]() {
      await accumulator.close()
      health.close()
      for (const reader of [...readers]) await reader[Symbol.asyncDispose]()
      store.close()
    },
  }
}

/** Tries again while the other process holds the lock, for about three seconds, without holding up the event loop. */
const whenFree = <T>(work: () => T): Promise<T> =>
  retry(async () => work(), { attempts: 40, firstMs: 5, mostMs: 50, passing: isBusy })

function write(store: EmbeddedStore, writes: readonly PartitionWrite[]): readonly (readonly Appended[])[] {
  const firsts = store.append(writes)
  return writes.map(({ partition, records }, at) =>
    records.map((_, index): Appended => ({ status: 'written', partition, offset: firsts[at]! + index })),
  )
}

async function* scan(store: EmbeddedStore, range: { partition: number; from: number; to: number }) {
  for (let from = range.from; from < range.to; ) {
    const records = store.read({ ...range, from })
    const last = records.at(-1)
    if (!last) return
    yield records
    from = last.offset + 1
  }
}
