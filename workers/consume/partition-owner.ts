import { setTimeout as sleep } from 'node:timers/promises'
import type { LogBatch, LogReader } from '../../eventlog/eventlog.ts'
import type { Logger } from '../../runtime/logger.ts'
import { retry } from '../../runtime/retry.ts'
import { UnstorableBatch } from '../write/apply-batch.ts'
import { isTimeout } from '../write/faults.ts'
import { type ConsumeDeps, consumeBatch, mostRecords, type Run, type Verdict } from './consume-batch.ts'
import type { Incident } from './incidents.ts'
import { type TakeoverDeps, takeOver } from './takeover.ts'

/** What the owner of a partition needs. */
export interface OwnerDeps extends ConsumeDeps, TakeoverDeps {
  readonly logger: Logger
  reader(): LogReader
}

/** Takeovers after which a missing anchor is believed: retention may delete the record between the look and the read. */
const missesBelieved = 3
const firstWaitMs = 100
/** Batches are not cut smaller than this: below, the cost of a batch is no longer that of its records. */
const leastRecords = 50
const longestWaitMs = 2_000
/**
 * From the beginning of a small batch to that of the next. A batch costs about 3 ms of Postgres whatever its size: without a
 * pause a busy partition is stored 60 events at a time, at three times the work an event. The first events after a quiet time
 * wait for nothing.
 */
const gatherMs = 200
const gatheredRecords = 2_000

/** A batch of few records with few behind it: who lags waits for nothing. */
const isSmall = ({ records, next, high }: LogBatch): boolean => Math.max(records.length, high - next) < gatheredRecords

/**
 * One partition in this worker: idle, being taken over, running, or stopped. For everything unusual there is one answer:
 * end the run and take the partition over again, because only Postgres knows the position.
 */
export class PartitionOwner {
  readonly #partition: number
  readonly #deps: OwnerDeps
  readonly #logger: Logger
  readonly #pace = { limit: mostRecords }
  #claim: AbortController | undefined
  #run: Run | undefined
  #taking: Promise<void> | undefined
  #again = false
  #stoppedAt: number | undefined
  /** Runs in a row that ended by a fault without a batch stored. */
  #failures = 0
  #misses = 0
  /** Ends of runs whose batch is still under way. */
  readonly #endings = new Set<Promise<void>>()

  constructor(partition: number, deps: OwnerDeps) {
    this.#partition = partition
    this.#deps = deps
    this.#logger = deps.logger.child({ partition })
  }

  /** Epoch at which the partition was stopped; it stays so until the stored epoch is another one. */
  get stoppedAt(): number | undefined {
    return this.#stoppedAt
  }

  /** Epoch of the run; undefined while there is none. */
  get epoch(): number | undefined {
    return this.#run?.epoch
  }

  /** Next offset to be stored, while running. */
  get next(): number | undefined {
    return this.#run?.next
  }

  /** The leases say that the partition is ours. */
  claim(): void {
    if (this.#claim) return
    this.#claim = new AbortController()
    this.#takeAgain()
  }

  /** The leases say that it is not ours any more. */
  release(): void {
    this.#claim?.abort()
    this.#claim = undefined
    this.#stoppedAt = undefined
    this.#endRun()
  }

  /** The reader lost its positions, or an operator accepted one. */
  positionsLost(): void {
    this.#stoppedAt = undefined
    if (this.#claim) this.#takeAgain()
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    await this.#taking
    while (this.#endings.size > 0) await Promise.all(this.#endings)
  }

  /** A batch of the reader. Never rejects. */
  async onBatch(batch: LogBatch): Promise<void> {
    const run = this.#run
    if (!run) return
    run.busy = this.#consume(run, batch)
    await run.busy
  }

  async #consume(run: Run, batch: LogBatch): Promise<void> {
    const before = run.next
    const startedMs = performance.now()
    try {
      const verdict = await consumeBatch(this.#deps, { run, pace: this.#pace }, batch)
      if (run.next > before) this.#failures = this.#misses = 0
      if (!run.ended) await this.#obey(run, verdict)
      if (!run.ended && isSmall(batch)) await this.#gather(startedMs + gatherMs)
    } catch (error) {
      this.#deps.figures.batches.inc({ outcome: 'failed' })
      run.session.drop()
      if (isTimeout(error)) this.#slowDown(batch.records.length)
      if (run.ended) return
      if (error instanceof UnstorableBatch) return await this.#stop(run, 'batch_unstorable', String(error.cause))
      this.#failures += 1
      this.#logger.warn({ err: error, failures: this.#failures }, 'a batch failed; taking the partition over again')
      this.#takeAgain()
    }
  }

  /** Lets records gather until then, before the reader is told that it may bring the next ones. */
  async #gather(untilMs: number): Promise<void> {
    const waitMs = untilMs - performance.now()
    const { signal } = this.#claim ?? {}
    if (waitMs > 0 && signal) await sleep(waitMs, undefined, { signal }).catch(() => undefined)
  }

  /** Postgres could not store so many in time: half as many may go through. */
  #slowDown(records: number): void {
    this.#pace.limit = Math.max(leastRecords, Math.floor(Math.min(this.#pace.limit, records) / 2))
  }

  async #obey(run: Run, verdict: Verdict): Promise<void> {
    switch (verdict.do) {
      case 'go_on':
        return
      case 'seek':
        return this.#deps.reader().start(this.#partition, run.next)
      case 'let_go':
        this.#logger.info('another worker owns the partition')
        return this.release()
      case 'take_over':
        this.#failures += 1
        this.#logger.warn({ why: verdict.why }, 'taking the partition over again')
        return this.#takeAgain()
      case 'stop':
        return await this.#stop(run, verdict.kind, verdict.detail)
      case 'anchor_missing':
        this.#misses += 1
        if (this.#misses < missesBelieved) return this.#takeAgain()
        return await this.#stop(
          run,
          'anchor_missing',
          `There is no record at offset ${run.next - 1}, which was stored.`,
        )
    }
  }

  /** Stands still until an operator accepts a position. If that cannot be written down, the next takeover finds the same again. */
  async #stop(run: Run, kind: Incident['kind'], detail: string): Promise<void> {
    const { next } = run
    this.#stoppedAt = run.epoch
    this.#endRun()
    await this.#deps.incidents
      .record({ partition: this.#partition, kind, from: next, to: next, detail })
      .catch((error) => {
        this.#logger.warn({ err: error }, 'an incident could not be written down')
        this.positionsLost()
      })
  }

  #endRun(): void {
    const run = this.#run
    if (!run) return
    this.#run = undefined
    run.ended = true
    this.#deps.reader().stop(this.#partition)
    const ending = run.busy.then(() => run.session.close()).finally(() => this.#endings.delete(ending))
    this.#endings.add(ending)
  }

  #takeAgain(): void {
    this.#endRun()
    this.#again = true
    this.#taking ??= this.#takeUntilDone().finally(() => {
      this.#taking = undefined
    })
  }

  async #takeUntilDone(): Promise<void> {
    while (this.#again && this.#claim) {
      this.#again = false
      const { signal } = this.#claim
      const waitMs = this.#failures === 0 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** (this.#failures - 1))
      await sleep(waitMs, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) continue
      await retry(() => this.#takeOnce(signal), {
        attempts: Number.POSITIVE_INFINITY,
        firstMs: firstWaitMs,
        mostMs: longestWaitMs,
        signal,
        onRetry: (error, attempt) =>
          this.#logger.warn({ err: error, attempt }, 'the partition cannot be taken over yet'),
      }).catch((error) => this.#logger.debug({ err: error }, 'a takeover was given up'))
    }
  }

  async #takeOnce(signal: AbortSignal): Promise<void> {
    this.#again = false
    const taken = await takeOver(this.#deps, this.#partition)
    this.#deps.figures.takeovers.inc()
    // Positions were lost, or the lease, while this was under way: what it found out may be old.
    const stale = signal.aborted || this.#again
    if (taken.status === 'stopped') {
      if (!stale) this.#stoppedAt = taken.epoch
      return
    }
    if (stale) return await taken.session.close()
    const { session, epoch, next, anchor } = taken
    this.#run = { session, epoch, next, anchor, gaps: 0, ended: false, busy: Promise.resolve() }
    this.#logger.info({ epoch, next }, 'partition taken over')
    this.#deps.reader().start(this.#partition, taken.startAt)
  }
}
