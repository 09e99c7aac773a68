import { batchFromJson, type RawBatch } from '../../ingest/batch.ts'
import { parseJson } from './record.ts'

/** Cuts a JSON body into events: the form of RecordEventsRequest, or only its list of events. */
export function batchOf(body: Buffer): RawBatch {
  const json = parseJson(body)
  return batchFromJson(Array.isArray(json) ? { events: json } : json)
}
