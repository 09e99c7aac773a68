import type { Database } from '../../sql/database.ts'
import { csv } from './csv.ts'
import type { Encoder } from './encoder.ts'
import { type ExportEnd, type ExportJob, writePlace } from './export-job.ts'
import { ndjson } from './ndjson.ts'
import { readEvents } from './read-events.ts'

async function encoderOf({ form, continued }: ExportJob): Promise<Encoder> {
  switch (form) {
    case 'ndjson':
      return ndjson()
    case 'csv':
      return csv({ continued })
    case 'parquet':
      // Its library takes memory that the other forms do without.
      return (await import('./parquet.ts')).parquet()
  }
}

/** The bytes of a file as they become ready. @throws the driver's error */
export async function* writeFile(db: Database, job: ExportJob): AsyncGenerator<Uint8Array, ExportEnd> {
  const { selection } = job
  const encoder = await encoderOf(job)
  let rows = 0
  let next = ''
  for await (const page of readEvents(db, selection, encoder)) {
    rows += page.rows
    next = writePlace(page.last)
    yield page.bytes
  }
  yield encoder.end()
  return { rows, next: rows < selection.limit ? '' : next }
}
