import type { DeadLetter } from '../threads/digest.ts'
import type { Poison } from './bisect.ts'
import { sqlState } from './faults.ts'
import { type DigestRows, readRowIdentity } from './row.ts'

/** The dead letters of rows that Postgres refuses, with the bytes as they lay on the log. */
export function deadLettersOf(
  poison: readonly Poison[],
  content: { readonly rows: DigestRows; payloadOf(offset: number): Uint8Array },
): DeadLetter[] {
  const { rows, rowStarts, rowOffsets } = content.rows
  return poison.map(({ row, error }) => {
    const logOffset = rowOffsets[row]!
    return {
      ...readRowIdentity(rows.subarray(rowStarts[row], rowStarts[row + 1])),
      reason: 'ROW_UNSTORABLE',
      field: '',
      message: `Postgres refused the row (${sqlState(error)}): ${error instanceof Error ? error.message : String(error)}`,
      logOffset,
      payload: content.payloadOf(logOffset),
      isRecord: true,
    }
  })
}
