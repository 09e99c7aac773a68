import type { Appended, EventLog, NewRecord } from '../../eventlog/eventlog.ts'
import type { RecordEventsResponse } from '../../proto/gen/userflow/v1/ingest_pb.ts'
import type { Registry } from '../../runtime/metrics.ts'
import type { KnownSchemas } from '../schemas/known-schemas.ts'
import type { RawBatch } from './batch.ts'
import { type Judged, judge } from './judge.ts'
import { createMeasures, type Measures } from './measures.ts'
import type { Salts } from './salts.ts'
import type { Sender } from './sender.ts'
import { EventScan } from './validate/event-scan.ts'
import { answer } from './verdicts.ts'
import { describeVisit, mayBeBrowser } from './visit.ts'

/** How long the log may take. The contract says 10 s; shorter only where a test waits for it. */
export interface IngestSettings {
  readonly deadlineMs: number
}

/** The write side: takes batches, answers a verdict for each event. */
export interface Ingest {
  /**
   * Judges the events, puts accepted and rejected ones on the log, and answers when the log has answered or the deadline
   * has passed. Never rejects for what a sender sent: the response has one verdict or acceptance for each event.
   */
  record(sender: Sender, batch: RawBatch): Promise<RecordEventsResponse>
}

/** 1,000 usual events take 20 ms. What is not judged after this long is to be sent again, so that others get their turn. */
const mostSchemasMs = 250

interface Tools {
  readonly log: EventLog
  readonly salts: Salts
  /** Absent: no company has schemas. */
  readonly schemas?: Pick<KnownSchemas, 'of'>
  readonly settings: IngestSettings
  readonly measures: Measures
  readonly scan: EventScan
}

export function createIngest(deps: {
  log: EventLog
  salts: Salts
  schemas?: Pick<KnownSchemas, 'of'>
  settings: IngestSettings
  registry: Registry
}): Ingest {
  const tools: Tools = { ...deps, measures: createMeasures(deps.registry), scan: new EventScan() }
  return {
    async record(sender, batch) {
      const salt = await saltFor(sender, tools)
      const visit = describeVisit(sender, batch.sentAtMs, salt)
      const known = tools.schemas?.of(sender.key.companyId)
      const schemas = known instanceof Promise ? await known : known
      const patience = { leftMs: mostSchemasMs }
      const court = { scan: tools.scan, visit, partitions: tools.log.partitions, schemas, patience }
      const judged = batch.events.map((raw, index) => judge(raw, index, court))
      const appended = await append(judged, tools)
      const response = answer(judged, appended)
      tools.measures.answered(sender.door, response)
      return response
    },
  }
}

/** The salt of the day, where one may be needed. Without it only events that need it must wait. */
async function saltFor(sender: Sender, { salts, measures }: Tools): Promise<Uint8Array | undefined> {
  if (!mayBeBrowser(sender)) return undefined
  try {
    return await salts.of(sender.receivedAtUs / 1_000)
  } catch {
    measures.saltMissing()
    return undefined
  }
}

async function append(judged: readonly Judged[], { log, settings, measures }: Tools): Promise<readonly Appended[]> {
  const sent = judged.filter((one): one is Judged & { record: NewRecord } => one.record !== undefined)
  if (sent.length === 0) return []
  const started = performance.now()
  const records = sent.map((one) => one.record)
  const appended = await log.append(records, { deadlineMs: settings.deadlineMs })
  measures.appended(performance.now() - started)
  const lost = sent.filter((one, at) => one.rejection && appended[at]?.status !== 'written').length
  if (lost > 0) measures.deadLettersUnknown(lost)
  return appended
}
