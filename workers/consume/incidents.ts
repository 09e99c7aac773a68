import type { Logger } from '../../runtime/logger.ts'
import type { Database } from '../../sql/database.ts'
import type { WorkerFigures } from '../figures.ts'

const kinds = [
  'lost_range',
  'hole',
  'beyond_end',
  'wrong_anchor',
  'anchor_missing',
  'batch_unstorable',
  'position_accepted',
] as const

/**
 * What an operator must know.
 * lost_range: retention deleted unread records · hole: offsets without a record ·
 * beyond_end, wrong_anchor, anchor_missing: the log is not the one that was read; the partition stands still ·
 * batch_unstorable: a bug; the partition stands still · position_accepted: an operator set the offset.
 */
export type IncidentKind = (typeof kinds)[number]

/** One incident; `from` and `to` are offsets, `to` exclusive. */
export interface Incident {
  readonly partition: number
  readonly kind: IncidentKind
  readonly from: number
  readonly to: number
  readonly detail: string
}

/** Writes incidents down: a row, a log line, a figure. */
export interface Incidents {
  /** @throws the driver's error if the row cannot be written: nothing may be skipped that is not written down. */
  record(incident: Incident): Promise<void>
}

/** Incidents of a topic. */
export function createIncidents(deps: {
  db: Database
  topic: string
  figures: WorkerFigures
  logger: Logger
}): Incidents {
  const { db, topic, figures, logger } = deps
  // A series that begins with its first incident shows no increase, and an alert on it would miss that one.
  for (const kind of kinds) figures.incidents.inc({ kind }, 0)
  return {
    async record({ partition, kind, from, to, detail }) {
      logger.error({ topic, partition, kind, from, to }, detail)
      await db.query('select record_incident($1, $2, $3, $4, $5, $6)', [topic, partition, kind, from, to, detail])
      figures.incidents.inc({ kind })
    },
  }
}
