import { Counter, Gauge, Histogram, type Registry } from '../runtime/metrics.ts'

/** The worker's figures for Prometheus. */
export interface WorkerFigures {
  readonly events: Counter<'outcome'>
  readonly batches: Counter<'outcome'>
  readonly batchRecords: Histogram
  readonly batchSeconds: Histogram
  readonly lag: Gauge<'partition'>
  readonly takeovers: Counter
  readonly incidents: Counter<'kind'>
  readonly partitions: Gauge<'state'>
  readonly deadLetters: Counter<'reason'>
  readonly visibleSeconds: Histogram<'event'>
  readonly logUp: Gauge
  readonly balanceDifference: Gauge<'period'>
  readonly unsealedDays: Gauge
}

/** Registers the worker's figures. */
export function createWorkerFigures(registry: Registry): WorkerFigures {
  const registers = [registry]
  return { ...batchFigures(registers), ...partitionFigures(registers) }
}

type BatchFigures = 'events' | 'deadLetters' | 'visibleSeconds' | 'batches' | 'batchRecords' | 'batchSeconds'

function batchFigures(registers: Registry[]): Pick<WorkerFigures, BatchFigures> {
  return {
    events: new Counter({
      name: 'userflow_worker_events_total',
      help: 'Records of the log by what became of them: stored, duplicate or dead_letter.',
      labelNames: ['outcome'],
      registers,
    }),
    deadLetters: new Counter({
      name: 'userflow_worker_dead_letters_total',
      help: 'Records that were not stored as events, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    visibleSeconds: new Histogram({
      name: 'userflow_worker_visible_seconds',
      help: 'Time from the receipt of an event to the commit that made it visible, of the oldest and the newest event of each batch.',
      labelNames: ['event'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
      registers,
    }),
    batches: new Counter({
      name: 'userflow_worker_batches_total',
      help: 'Batches by what became of them: applied, fenced (another worker owns the partition) or failed.',
      labelNames: ['outcome'],
      registers,
    }),
    batchRecords: new Histogram({
      name: 'userflow_worker_batch_records',
      help: 'Records in an applied batch.',
      buckets: [1, 10, 100, 500, 1_000, 2_000, 5_000, 10_000],
      registers,
    }),
    batchSeconds: new Histogram({
      name: 'userflow_worker_batch_seconds',
      help: 'Time from the start of work on a batch to its commit.',
      buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    }),
  }
}

function partitionFigures(registers: Registry[]): Omit<WorkerFigures, BatchFigures> {
  return {
    lag: new Gauge({
      name: 'userflow_worker_lag_records',
      help: 'Records on the log that are not stored yet, of the partitions this worker holds.',
      labelNames: ['partition'],
      registers,
    }),
    takeovers: new Counter({
      name: 'userflow_worker_takeovers_total',
      help: 'Partitions taken over.',
      registers,
    }),
    incidents: new Counter({
      name: 'userflow_worker_incidents_total',
      help: 'What an operator must know, by kind; the table ingest_incident has the details.',
      labelNames: ['kind'],
      registers,
    }),
    partitions: new Gauge({
      name: 'userflow_worker_partitions',
      help: 'Partitions of this worker: running, or stopped until an operator accepts a position.',
      labelNames: ['state'],
      registers,
    }),
    logUp: new Gauge({
      name: 'userflow_worker_log_up',
      help: 'Whether the log answered when it was last asked for its ends: 1 or 0.',
      registers,
    }),
    balanceDifference: new Gauge({
      name: 'userflow_worker_balance_difference',
      help: 'Records taken from the log that are neither stored, duplicates nor dead letters, summed without sign: of the last day, and of all time.',
      labelNames: ['period'],
      registers,
    }),
    unsealedDays: new Gauge({
      name: 'userflow_worker_unsealed_days',
      help: 'Days that are over and wait to be sealed; until then questions read them from raw rows, which takes longer.',
      registers,
    }),
  }
}
