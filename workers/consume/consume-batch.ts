import type { EventLog, LogBatch, LogRecord } from '../../eventlog/eventlog.ts'
import { anchorOf } from '../../eventlog/record.ts'
import type { WorkerFigures } from '../figures.ts'
import type { BatchOutcome, PipelineBatch } from '../pipeline.ts'
import type { WriteSession } from '../write/session.ts'
import type { Incidents } from './incidents.ts'
import { placeBatch } from './position.ts'
import type { Turns } from './turns.ts'

/** A partition from one takeover to the next. `ended`: another takeover began; what this one still does is fenced or lost. */
export interface Run {
  readonly session: WriteSession
  readonly epoch: number
  next: number
  anchor: Uint8Array | undefined
  /** How often in a row records were missing before the delivered ones. */
  gaps: number
  ended: boolean
  /** The batch under way. */
  busy: Promise<void>
}

/** How many records are stored at once; halved by its owner when Postgres is too slow for so many. */
export interface Pace {
  limit: number
}

/** The largest number of records stored at once. Measured: larger ones gain nothing and hold rollup rows longer. */
export const mostRecords = 5_000

/** Batches stored faster than this may grow: twice as many records then stay well below the time-out. */
const easySeconds = 1

/** What storing a batch needs. */
export interface ConsumeDeps {
  readonly log: EventLog
  readonly incidents: Incidents
  readonly figures: WorkerFigures
  /** Limits how many batches are worked on at once. */
  readonly turns: Turns
  process(session: WriteSession, batch: PipelineBatch): Promise<BatchOutcome>
}

/** What the partition's owner has to do after a batch. */
export type Verdict =
  | { readonly do: 'go_on' }
  | { readonly do: 'seek' }
  | { readonly do: 'let_go' }
  | { readonly do: 'take_over'; readonly why: string }
  | { readonly do: 'stop'; readonly kind: 'wrong_anchor'; readonly detail: string }
  | { readonly do: 'anchor_missing' }

/** Gaps seen before one is believed: a seek may lose a race inside the client library. */
const gapsBelieved = 3

/** Stores what is new in a delivered batch, in chunks, and moves `run` on. @throws as `processBatch` does. */
export async function consumeBatch(
  deps: ConsumeDeps,
  on: { readonly run: Run; readonly pace: Pace },
  batch: LogBatch,
): Promise<Verdict> {
  const { run } = on
  const placed = placeBatch(run, batch, anchorOf)
  if (placed.do === 'take_over') return { do: 'take_over', why: placed.why }
  if (placed.do === 'wrong_anchor') {
    if (!placed.found) return { do: 'anchor_missing' }
    const detail = `The record at offset ${run.next - 1} is not the one stored last: the log was replaced. The partition stands still until a position is accepted.`
    return { do: 'stop', kind: 'wrong_anchor', detail }
  }
  if (batch.records.length > 0) run.anchor = undefined
  if (placed.do === 'nothing') return { do: 'go_on' }
  if (placed.do === 'gap') {
    run.gaps += 1
    if (run.gaps <= gapsBelieved) return { do: 'seek' }
    await recordGap(deps, { partition: batch.partition, from: run.next, to: placed.found })
  }
  run.gaps = 0
  return await store(deps, on, { ...batch, records: placed.records })
}

async function recordGap(deps: ConsumeDeps, gap: { partition: number; from: number; to: number }): Promise<void> {
  const bounds = (await deps.log.watermarks()).find(({ partition }) => partition === gap.partition)
  const lost = bounds !== undefined && bounds.low > gap.from
  const detail = lost
    ? `The log deleted ${gap.to - gap.from} records before they were read. Raise its retention, or run more workers.`
    : `The log has no records at ${gap.to - gap.from} offsets; control records of transactions look like this.`
  await deps.incidents.record({ ...gap, kind: lost ? 'lost_range' : 'hole', detail })
}

async function store(
  deps: ConsumeDeps,
  { run, pace }: { readonly run: Run; readonly pace: Pace },
  batch: LogBatch,
): Promise<Verdict> {
  const { figures } = deps
  let at = 0
  while (at < batch.records.length && !run.ended) {
    const records = batch.records.slice(at, at + pace.limit)
    const last = records.at(-1) as LogRecord
    const { topic } = deps.log
    const { partition, high } = batch
    const position = { topic, partition, epoch: run.epoch, first: run.next, next: last.offset + 1 }
    const { outcome, seconds } = await deps.turns(async () => {
      const stop = figures.batchSeconds.startTimer()
      const outcome = await deps.process(run.session, { ...position, anchor: anchorOf(last), records, high })
      return { outcome, seconds: stop() }
    })
    figures.batches.inc({ outcome: outcome.outcome })
    if (outcome.outcome === 'fenced') return { do: 'let_go' }
    figures.batchRecords.observe(records.length)
    countApplied(figures, outcome)
    run.next = last.offset + 1
    at += records.length
    if (seconds < easySeconds) pace.limit = Math.min(mostRecords, pace.limit * 2)
  }
  return { do: 'go_on' }
}

function countApplied(figures: WorkerFigures, outcome: BatchOutcome & { readonly outcome: 'applied' }): void {
  figures.events.inc({ outcome: 'stored' }, outcome.stored)
  figures.events.inc({ outcome: 'duplicate' }, outcome.duplicate)
  figures.events.inc({ outcome: 'dead_letter' }, outcome.deadLetter)
  for (const reason of outcome.reasons) figures.deadLetters.inc({ reason })
  const { oldestUs, newestUs } = outcome.received
  if (newestUs === 0) return
  // Two clocks: that of the gateway may be ahead.
  const secondsSince = (us: number) => Math.max(0, Date.now() / 1e3 - us / 1e6)
  figures.visibleSeconds.observe({ event: 'oldest' }, secondsSince(oldestUs))
  figures.visibleSeconds.observe({ event: 'newest' }, secondsSince(newestUs))
}
