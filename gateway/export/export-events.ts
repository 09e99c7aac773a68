import type { ExportEventsRequest } from '../../proto/gen/userflow/v1/export_pb.ts'
import { Counter, type Registry } from '../../runtime/metrics.ts'
import { loadStatement } from '../../sql/statement.ts'
import type { Progress } from '../analytics/progress.ts'
import { toSqlTime } from '../analytics/time.ts'
import { RequestError } from '../errors.ts'
import { createTurns } from '../turns.ts'
import { checkExport } from './check-export.ts'
import type { ExportEnd } from './export-job.ts'
import type { ExportThread } from './export-thread.ts'

/** A file that is being written. Who takes it has to read or end `bytes`, which ends the company's turn. */
export interface ExportedFile {
  readonly contentType: string
  readonly name: string
  /** ISO 8601: every event in it was received before this, and none that was is missing. */
  readonly receivedBefore: string
  /**
   * The file's bytes as they become ready; a piece is gone when the next is asked for. At the end how many events it holds, and
   * where it can be gone on.
   */
  readonly bytes: AsyncGenerator<Uint8Array, ExportEnd>
}

/** Takes stored events out. */
export interface Exports {
  /** @throws RequestError PARAMETER_INVALID, TOO_MANY_QUESTIONS, LOG_DOWN, STORE_DOWN */
  events(request: ExportEventsRequest, companyId: number): Promise<ExportedFile>
}

/** Each holds a page in memory and keeps one connection to Postgres busy. */
const exportsAtOnce = 2

export function createExports(deps: { thread: ExportThread; progress: Progress; registry: Registry }): Exports {
  loadStatement('export_events')
  const turns = createTurns({ atOnce: exportsAtOnce, mostWaiting: 0 })
  const exported = new Counter({
    name: 'userflow_exported_events_total',
    help: 'Stored events written to exports.',
    registers: [deps.registry],
  })
  return {
    async events(request, companyId) {
      const { selection, receivedBefore: asked, form, contentType } = checkExport(request)
      const receivedBefore = asked ?? (await completeNow(deps.progress))
      const continued = selection.after !== undefined
      const bytes = deps.thread.write({ selection: { ...selection, companyId, receivedBefore }, form, continued })
      return {
        contentType,
        name: `events.${form}`,
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
