import type { Appended, NewRecord } from './eventlog.ts'

/** Records of one partition that are written together, in order. */
export interface PartitionWrite {
  readonly partition: number
  readonly records: readonly NewRecord[]
}

/** How an accumulator writes, and how much it holds. */
export interface AccumulatorOptions {
  readonly partitions: number
  /** Writes them; answers, for each, one `Appended` a record. May take for ever: the deadlines of the callers still hold. */
  readonly write: (writes: readonly PartitionWrite[]) => Promise<readonly (readonly Appended[])[]>
  /** How many writes may be under way at once; a partition takes part in one at most, so its order is kept. */
  readonly writesInFlight: number
  /** Most bytes of one partition in a write; a single larger record goes alone. */
  readonly maxWriteBytes: number
  /** Most records of one partition in a write. */
  readonly maxWriteRecords: number
  /** Most bytes of all partitions in a write, passed by one partition's share at most. Absent: no bound. */
  readonly maxRequestBytes?: number
  /** Most bytes waiting and under way; what comes beyond is `unknown` at once. */
  readonly maxHeldBytes: number
}

/** A call of `append` that waits for its answers. */
interface Call {
  readonly answers: (Appended | undefined)[]
  open: number
  done: boolean
  readonly finish: () => void
}

interface Waiting {
  readonly record: NewRecord
  readonly call: Call
  readonly index: number
}

/** Bytes that a record takes while it is held: its own and those of its bookkeeping. */
const heldBytes = (record: NewRecord): number => record.key.length + record.value.length + 100

/**
 * Group commit: collects appends while writes are under way, and sends what has gathered when one is over. The busier
 * the log, the larger the writes; with nothing under way a record leaves at the end of the present turn of the loop.
 */
export class Accumulator {
  readonly #options: AccumulatorOptions
  readonly #queues: Waiting[][]
  readonly #busy: boolean[]
  #held = 0
  #turn = 0
  readonly #writing = new Set<{ readonly sinceMs: number }>()
  #scheduled = false
  #closed = false
  #idle: (() => void) | undefined

  constructor(options: AccumulatorOptions) {
    this.#options = options
    this.#queues = Array.from({ length: options.partitions }, () => [])
    this.#busy = Array.from({ length: options.partitions }, () => false)
  }

  /** Appends records; one answer a record, in their order, at the latest after `deadlineMs`. Never rejects. */
  append(records: readonly NewRecord[], deadlineMs: number): Promise<readonly Appended[]> {
    if (this.#closed) return Promise.resolve(records.map(() => unknown('the log is closed')))
    if (records.length === 0) return Promise.resolve([])
    return new Promise((resolve) => {
      const deadline = setTimeout(() => this.#expire(call, deadlineMs), deadlineMs)
      const call: Call = {
        answers: new Array(records.length),
        open: records.length,
        done: false,
        finish: () => {
          clearTimeout(deadline)
          call.done = true
          resolve(call.answers as readonly Appended[])
        },
      }
      for (let index = 0; index < records.length; index++) this.#enqueue({ record: records[index]!, call, index })
      this.#schedule()
    })
  }

  /** When the oldest write that is under way began, ms since 1970; undefined if there is none. */
  get oldestWriteMs(): number | undefined {
    // A set keeps the order of insertion.
    for (const { sinceMs } of this.#writing) return sinceMs
    return undefined
  }

  /** Takes no more, and resolves when all that was taken has its answer. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#held > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
  }

  #enqueue(waiting: Waiting): void {
    const queue = this.#queues[waiting.record.partition]
    if (!queue) throw new RangeError(`the topic has no partition ${waiting.record.partition}`)
    const bytes = heldBytes(waiting.record)
    if (this.#held + bytes > this.#options.maxHeldBytes) {
      settle(waiting, unknown('too much is waiting for the log already'))
      return
    }
    this.#held += bytes
    queue.push(waiting)
  }

  /** At the end of the turn, so that what arrives together leaves together. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    while (this.#writing.size < this.#options.writesInFlight) {
      const batches = this.#collect()
      if (batches.length === 0) return
      // #write settles everything itself and cannot reject.
      void this.#write(batches)
    }
  }

  /** What goes into the next write; begins each time with another partition, so that none waits for ever. */
  #collect(): Waiting[][] {
    const { partitions, maxRequestBytes = Number.POSITIVE_INFINITY } = this.#options
    const batches: Waiting[][] = []
    const begin = this.#turn++ % partitions
    let bytes = 0
    for (let step = 0; step < partitions && bytes < maxRequestBytes; step++) {
      const partition = (begin + step) % partitions
      if (this.#busy[partition]) continue
      const batch = this.#take(partition)
      if (batch.length === 0) continue
      batches.push(batch)
      for (const { record } of batch) bytes += heldBytes(record)
    }
    return batches
  }

  /** The next records of a partition for one write. What is past its deadline is dropped: it was never sent. */
  #take(partition: number): Waiting[] {
    const queue = this.#queues[partition]!
    const batch: Waiting[] = []
    let bytes = 0
    let taken = 0
    for (; taken < queue.length && batch.length < this.#options.maxWriteRecords; taken++) {
      const waiting = queue[taken]!
      const size = heldBytes(waiting.record)
      if (waiting.call.done) {
        this.#release(size)
        continue
      }
      if (batch.length > 0 && bytes + size > this.#options.maxWriteBytes) break
      bytes += size
      batch.push(waiting)
    }
    queue.splice(0, taken)
    return batch
  }

  async #write(batches: readonly Waiting[][]): Promise<void> {
    const writes = batches.map((batch) => ({
      partition: batch[0]!.record.partition,
      records: batch.map((waiting) => waiting.record),
    }))
    const mark = { sinceMs: Date.now() }
    this.#writing.add(mark)
    for (const { partition } of writes) this.#busy[partition] = true
    let answers: readonly (readonly Appended[])[] = []
    let cause = 'the log did not answer for this record'
    try {
      answers = await this.#options.write(writes)
    } catch (error) {
      cause = error instanceof Error ? error.message : String(error)
    }
    this.#writing.delete(mark)
    for (const { partition } of writes) this.#busy[partition] = false
    for (let at = 0; at < batches.length; at++) {
      const batch = batches[at]!
      for (let index = 0; index < batch.length; index++) {
        const waiting = batch[index]!
        settle(waiting, answers[at]?.[index] ?? unknown(cause))
        this.#release(heldBytes(waiting.record))
      }
    }
    this.#flush()
  }

  #expire(call: Call, deadlineMs: number): void {
    const late = unknown(`no answer of the log within ${deadlineMs} ms`)
    for (let index = 0; index < call.answers.length; index++) call.answers[index] ??= late
    call.finish()
    for (const queue of this.#queues) this.#dropExpired(queue)
  }

  /** Frees what waits in vain, or the memory of a stuck partition would keep the others out. */
  #dropExpired(queue: Waiting[]): void {
    let expired = 0
    while (queue[expired]?.call.done) this.#release(heldBytes(queue[expired++]!.record))
    queue.splice(0, expired)
  }

  #release(bytes: number): void {
    this.#held -= bytes
    if (this.#held === 0) this.#idle?.()
  }
}

/** The answer for a record of which nothing is known. */
export const unknown = (cause: string): Appended => ({ status: 'unknown', cause })

/** Answers a record; the call is over with its last one. */
function settle(waiting: Waiting, answer: Appended): void {
  const { call, index } = waiting
  if (call.done) return
  call.answers[index] = answer
  if (--call.open === 0) call.finish()
}
