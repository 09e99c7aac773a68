/**
 * The port of the log: partitioned, append-only, kept in order within a partition.
 * Two adapters pass one contract (eventlog.case.ts): kafka.ts and embedded.ts. Offsets are whole numbers below 2^53.
 */
export interface EventLog extends AsyncDisposable {
  /** Name of the topic. */
  readonly topic: string
  /** How many partitions it has; fixed for its life, or sessions would move between partitions. */
  readonly partitions: number
  /**
   * Appends records; one answer a record, in their order. Never rejects: what is not known to be written is `unknown`.
   * The deadline is a duration: the answer comes at the latest so many milliseconds after the call.
   * A record is `written` only when every in-sync replica (or the disk) has it.
   */
  append(records: readonly NewRecord[], options: { deadlineMs: number }): Promise<readonly Appended[]>
  /** First offset kept and next offset to be written, of every partition in order. Throws while the log is down. */
  watermarks(): Promise<readonly Watermarks[]>
  /** Reads records with `from <= offset < to`, in order, in chunks, without touching any reader's position. */
  scan(range: { partition: number; from: number; to: number }): AsyncIterable<readonly LogRecord[]>
  /** Opens a reader; it delivers nothing until `start` is called for a partition. */
  openReader(handlers: ReaderHandlers): Promise<LogReader>
  /** Whether the last use of the log succeeded, and since when it has not (ms since 1970). */
  health(): { up: true } | { up: false; sinceMs: number; cause: string }
}

/** A record to append. */
export interface NewRecord {
  readonly partition: number
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** What became of an appended record. `unknown` may have been written all the same; its sender resends. */
export type Appended =
  | { readonly status: 'written'; readonly partition: number; readonly offset: number }
  | { readonly status: 'unknown'; readonly cause: string }

/** A record read back. */
export interface LogRecord {
  readonly offset: number
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Bounds of a partition: records with low <= offset < high exist. */
export interface Watermarks {
  readonly partition: number
  readonly low: number
  readonly high: number
}

/** Records of one partition, ascending; the log may leave holes between offsets. */
export interface LogBatch {
  readonly partition: number
  readonly records: readonly LogRecord[]
  /** Offset after the last record. */
  readonly next: number
  /** The partition's high watermark when the batch was fetched. */
  readonly high: number
}

/** What a reader tells its owner. */
export interface ReaderHandlers {
  /**
   * A batch of a started partition. At most one at a time a partition; the next follows when the promise settles.
   * Must not reject: the owner answers trouble by `stop` and taking the partition over again.
   */
  onBatch(batch: LogBatch): Promise<void>
  /** Connections or positions were lost: all partitions are stopped now; each must be taken over again before `start`. */
  onPositionsLost(why: string): void
  /** The reader is over and the process should end; its supervisor starts a new one. */
  onCrash(error: Error): void
}

/** A reader of the log, without any position of its own: positions live in Postgres. */
export interface LogReader extends AsyncDisposable {
  /** Delivers batches of the partition from this offset on. A delivery of an earlier start that is under way may still finish. */
  start(partition: number, offset: number): void
  /** Delivers no further batch of the partition; at once. */
  stop(partition: number): void
}
