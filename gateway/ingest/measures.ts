import { Door } from '../../proto/gen/userflow/v1/envelope_pb.ts'
import { type RecordEventsResponse, VerdictStatus } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import { Counter, Histogram, type Registry } from '../../runtime/metrics.ts'
import { reasonName } from './rejection.ts'

/** The write side's own figures. Doors, verdicts and reasons are closed sets, so the series stay few. */
export interface Measures {
  /** Counts the verdicts of a batch. */
  answered(door: Door, response: RecordEventsResponse): void
  /** Counts how long the log took, in milliseconds. */
  appended(tookMs: number): void
  /** Counts rejected events whose dead letter the log may not have; their senders were told to resend. */
  deadLettersUnknown(count: number): void
  /** Counts batches that came while the day's salt could not be read. */
  saltMissing(): void
}

export function createMeasures(registry: Registry): Measures {
  const registers = [registry]
  const events = new Counter({
    name: 'userflow_ingest_events_total',
    help: 'Events answered, by door, verdict, and reason if rejected.',
    labelNames: ['door', 'verdict', 'reason'],
    registers,
  })
  const seconds = new Histogram({
    name: 'userflow_ingest_append_seconds',
    help: 'Time the log took to answer for a batch.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
    registers,
  })
  const unkept = new Counter({
    name: 'userflow_ingest_dead_letters_unknown_total',
    help: 'Rejected events whose dead letter is not known to be on the log; answered RETRY.',
    registers,
  })
  const salt = new Counter({
    name: 'userflow_ingest_salt_missing_total',
    help: 'Browser batches taken while the visitor salt of the day could not be read.',
    registers,
  })
  return {
    answered: (door, response) => {
      const by = doorNames[door] ?? 'unknown'
      if (response.accepted > 0) events.inc({ door: by, verdict: 'accepted', reason: '' }, response.accepted)
      for (const { status, reason } of response.rejected) {
        const wrong = status === VerdictStatus.REJECTED
        events.inc({ door: by, verdict: wrong ? 'rejected' : 'retry', reason: wrong ? reasonName(reason) : '' })
      }
    },
    appended: (tookMs) => seconds.observe(tookMs / 1_000),
    deadLettersUnknown: (count) => unkept.inc(count),
    saltMissing: () => salt.inc(),
  }
}

const doorNames: Readonly<Record<number, string>> = {
  [Door.GRPC]: 'grpc',
  [Door.GRPC_STREAM]: 'grpc_stream',
  [Door.CONNECT]: 'connect',
  [Door.BEACON]: 'beacon',
  [Door.PIXEL]: 'pixel',
}
