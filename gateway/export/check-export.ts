import { type ExportEventsRequest, ExportFormat } from '../../proto/gen/userflow/v1/export_pb.ts'
import { checkTime } from '../analytics/parameters.ts'
import { plainFilters, readQuestion } from '../analytics/question/read-question.ts'
import { invalid } from '../errors.ts'
import type { FileForm } from './export-job.ts'
import type { Place, Selection } from './read-events.ts'

/** An export that has been checked. */
export interface CheckedExport {
  readonly selection: Omit<Selection, 'companyId' | 'receivedBefore'>
  /** ISO 8601; absent: what is complete now. */
  readonly receivedBefore: string | null
  /** Also the ending of the file's name. */
  readonly form: FileForm
  readonly contentType: string
}

/** All row groups of a Parquet file are listed at its end, and stay in memory until then. */
const mostParquetRows = 500_000

/** @throws RequestError PARAMETER_INVALID */
export function checkExport(request: ExportEventsRequest): CheckedExport {
  const question = readQuestion(request.question)
  if (question.timeZone !== '')
    throw invalid('question.time_zone', 'cannot be asked of an export: its times are in UTC')
  if (question.compare !== undefined) throw invalid('question.compare', 'cannot be asked of an export')
  if (question.explain) throw invalid('question.explain', 'cannot be asked of an export')
  const { common } = question
  const filters = plainFilters(question, 'an export')
  const after = readPlace(request.after)
  const { form, contentType, mostRows } = formOf(request.format)
  if (request.limit > mostRows) {
    throw invalid('limit', `may be at most ${mostRows.toLocaleString('en')} in a file of this format`)
  }
  return {
    selection: { question: { common, filters }, after, limit: request.limit === 0 ? mostRows : request.limit },
    receivedBefore: checkTime('received_before', request.receivedBefore),
    form,
    contentType,
  }
}

function formOf(format: ExportFormat) {
  const mostRows = Number.POSITIVE_INFINITY
  switch (format) {
    case ExportFormat.UNSPECIFIED:
    case ExportFormat.NDJSON:
      return { form: 'ndjson', contentType: 'application/x-ndjson', mostRows } as const
    case ExportFormat.CSV:
      return { form: 'csv', contentType: 'text/csv; charset=utf-8', mostRows } as const
    case ExportFormat.PARQUET:
      return { form: 'parquet', contentType: 'application/vnd.apache.parquet', mostRows: mostParquetRows } as const
    default:
      throw invalid('format', 'must be one of the formats')
  }
}

const place = /^(-?\d{1,16})\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

function readPlace(after: string): Place | undefined {
  if (after === '') return undefined
  const [, micros, id] = place.exec(after) ?? []
  // A Date ends at 8.64e15 ms, and no event is stored beyond the year 2100.
  if (micros === undefined || id === undefined || Math.abs(Number(micros)) > 8e15) {
    throw invalid('after', 'must be `x-userflow-next` of the part before')
  }
  return { micros: Number(micros), id }
}
