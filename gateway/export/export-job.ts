import type { MessagePort } from 'node:worker_threads'
import type { Place, Selection } from './read-events.ts'

/** In which form a file is written. */
export type FileForm = 'ndjson' | 'csv' | 'parquet'

/** A file to be written. Has only what can be handed to another thread. */
export interface ExportJob {
  readonly selection: Selection
  readonly form: FileForm
  /** Goes on with a file that was begun before. */
  readonly continued: boolean
}

/** How a file ended. */
export interface ExportEnd {
  readonly rows: number
  /** `after` of the next part; empty when there was no event left. */
  readonly next: string
}

/** What the thread of exports is started with. */
export interface ThreadStart {
  readonly databaseUrl: string
}

/** What the thread is told: a file to write, asked for piece by piece over its port, or that it should end. */
export type ToThread = { readonly job: ExportJob; readonly port: MessagePort } | 'end'

/** What comes back for each piece that is asked for. `code` is the error's own, such as an SQLSTATE. */
export type FromThread =
  | { readonly bytes: Uint8Array }
  | { readonly end: ExportEnd }
  | { readonly failed: string; readonly code: string }

/** A place as `after` takes it. */
export const writePlace = ({ micros, id }: Place): string => `${micros}/${id}`
