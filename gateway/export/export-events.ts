import type { ExportEventsRequest } from '../../proto/gen/userflow/v1/export_pb.ts'
import { Counter, type Registry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { loadStatement } from '../../sql/statement.ts'
import type { Progress } from '../analytics/progress.ts'
import { toSqlTime } from '../analytics/time.ts'
import { RequestError } from '../errors.ts'
import { createTurns } from '../turns.ts'
import { checkExport, writePlace } from './check-export.ts'
import type { Encoder } from './encoder.ts'
import { readEvents, type Selection } from './read-events.ts'

/** A file that is being written. Who takes it has to read or end `bytes`, which ends the company's turn. */
export interface ExportedFile {
  readonly contentType: string
  readonly name: string
  /** ISO 8601: every event in it was received before this, and none that was is missing. */
  readonly receivedBefore: string
  /** The file's bytes as they become ready; at the end how many events it holds, and where it can be gone on. */
  readonly bytes: AsyncGenerator<Uint8Array, ExportEnd>
}

/** How a file ended. */
export interface ExportEnd {
  readonly rows: number
  /** `after` of the next part; empty when there was no event left. */
  readonly next: string
}

/** Takes stored events out. */
export interface Exports {
  /** @throws RequestError PARAMETER_INVALID, TOO_MANY_QUESTIONS, LOG_DOWN, STORE_DOWN */
  events(request: ExportEventsRequest, companyId: number): Promise<ExportedFile>
}

/** Each holds a page in memory and keeps one connection to Postgres busy. */
const exportsAtOnce = 2

export function createExports(deps: { db: Database; progress: Progress; registry: Registry }): Exports {
  loadStatement('export_events')
  const turns = createTurns({ atOnce: exportsAtOnce, mostWaiting: 0 })
  const exported = new Counter({
    name: 'userflow_exported_events_total',
    help: 'Stored events written to exports.',
    registers: [deps.registry],
  })
  return {
    async events(request, companyId) {
      const { selection, receivedBefore: asked, makeEncoder, extension } = checkExport(request)
      const receivedBefore = asked ?? (await completeNow(deps.progress))
      const encoder = makeEncoder()
      const bytes = write(deps.db, { ...selection, companyId, receivedBefore }, encoder)
      return {
        contentType: encoder.contentType,
        name: `events.${extension}`,
        receivedBefore,
        bytes: inTurn(await turns.take(companyId), bytes, (end) => exported.inc(end.rows)),
      }
    },
  }
}

async function completeNow(progress: Progress): Promise<string> {
  const completeTo = await progress.completeTo()
  if (completeTo === undefined) throw new RequestError('LOG_DOWN', 'It is not known how far events are complete')
  return toSqlTime(completeTo)
}

async function* write(db: Database, selection: Selection, encoder: Encoder): AsyncGenerator<Uint8Array, ExportEnd> {
  let rows = 0
  let next = ''
  yield encoder.head()
  for await (const page of readEvents(db, selection, encoder)) {
    rows += page.rows
    next = writePlace(page.last)
    yield page.bytes
  }
  yield encoder.end()
  return { rows, next: rows < selection.limit ? '' : next }
}

async function* inTurn(
  endTurn: () => void,
  bytes: AsyncGenerator<Uint8Array, ExportEnd>,
  onEnd: (end: ExportEnd) => void,
): AsyncGenerator<Uint8Array, ExportEnd> {
  try {
    const end = yield* bytes
    onEnd(end)
    return end
  } finally {
    endTurn()
  }
}
