import { type ExportEventsRequest, ExportFormat } from '../../proto/gen/userflow/v1/export_pb.ts'
import { checkTime } from '../analytics/parameters.ts'
import { plainFilters, readQuestion } from '../analytics/question/read-question.ts'
import { invalid } from '../errors.ts'
import { csv } from './csv.ts'
import type { Encoder } from './encoder.ts'
import { ndjson } from './ndjson.ts'
import { parquet } from './parquet.ts'
import type { Place, Selection } from './read-events.ts'

/** An export that has been checked. */
export interface CheckedExport {
  readonly selection: Omit<Selection, 'companyId' | 'receivedBefore'>
  /** ISO 8601; absent: what is complete now. */
  readonly receivedBefore: string | null
  readonly makeEncoder: () => Encoder
  /** Ending of the file's name. */
  readonly extension: string
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
  const form = formOf(request.format, after !== undefined)
  if (request.limit > form.mostRows) {
    throw invalid('limit', `may be at most ${form.mostRows.toLocaleString('en')} in a file of this format`)
  }
  return {
    selection: { question: { common, filters }, after, limit: request.limit === 0 ? form.mostRows : request.limit },
    receivedBefore: checkTime('received_before', request.receivedBefore),
    makeEncoder: form.makeEncoder,
    extension: form.extension,
  }
}

function formOf(format: ExportFormat, continued: boolean) {
  switch (format) {
    case ExportFormat.UNSPECIFIED:
    case ExportFormat.NDJSON:
      return { makeEncoder: ndjson, extension: 'ndjson', mostRows: Number.POSITIVE_INFINITY }
    case ExportFormat.CSV:
      return { makeEncoder: () => csv({ continued }), extension: 'csv', mostRows: Number.POSITIVE_INFINITY }
    case ExportFormat.PARQUET:
      return { makeEncoder: parquet, extension: 'parquet', mostRows: mostParquetRows }
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

/** A place as `after` takes it. */
export const writePlace = ({ micros, id }: Place): string => `${micros}/${id}`
