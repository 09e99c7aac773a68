import { readFile, rename, rm, writeFile } from 'node:fs/promises'

/** How far an export is. Beside the file as FILE.state, until the export is complete. */
export interface ExportState {
  /** What was asked for. */
  readonly words: string
  /** End of the period, in ms since 1970: what "now" was when the export began. */
  readonly toMs: number
  /** Of the first part: what later parts keep to. */
  readonly receivedBefore: string
  /** `after` of the next part. */
  readonly after: string
  /** Events written so far. */
  readonly rows: number
  /** Bytes of the file that are whole; of Parquet, 0: its parts are files of their own. */
  readonly bytes: number
  /** Number of the part to write next, from 1. */
  readonly part: number
}

const fileOf = (out: string): string => `${out}.state`

/** The state of an export that did not end; undefined if there is none. */
export async function readState(out: string): Promise<ExportState | undefined> {
  const text = await readFile(fileOf(out), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as ExportState)
}

/** Writes it in whole or not at all. */
export async function writeState(out: string, state: ExportState): Promise<void> {
  await writeFile(`${fileOf(out)}.new`, JSON.stringify(state), { flush: true })
  await rename(`${fileOf(out)}.new`, fileOf(out))
}

export const removeState = (out: string): Promise<void> => rm(fileOf(out), { force: true })
