import type { LogBatch, NewRecord, ReaderHandlers } from './eventlog.ts'

/** Records of a partition with the values `<partition>:<number>`. */
export const numbered = (partition: number, count: number, first = 0): NewRecord[] =>
  range(count).map((at) => ({
    partition,
    key: Buffer.from(String(partition)),
    value: Buffer.from(`${partition}:${first + at}`),
  }))

/** The numbers from 0 on. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at)

/** Waits. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Handlers that keep what they are told. */
export class Collector {
  readonly batches: LogBatch[] = []
  readonly lost: string[] = []
  readonly crashes: Error[] = []
  readonly handlers: ReaderHandlers = {
    onBatch: async (batch) => void this.batches.push(batch),
    onPositionsLost: (why) => void this.lost.push(why),
    onCrash: (error) => void this.crashes.push(error),
  }

  texts(partition: number): string[] {
    const batches = this.batches.filter((batch) => batch.partition === partition)
    return batches.flatMap((batch) => batch.records.map((record) => Buffer.from(record.value).toString()))
  }

  /** Waits until so many records of the partition have come; the test's own time limit ends it otherwise. */
  async until(partition: number, count: number): Promise<void> {
    while (this.texts(partition).length < count) await pause(5)
  }
}
