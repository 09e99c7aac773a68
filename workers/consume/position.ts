import type { LogBatch, LogRecord, Watermarks } from '../../eventlog/eventlog.ts'

/** Where a reader should stand: `next` is the stored offset; `anchor`, while it is not checked yet, the hash of the record before it. */
export interface Expected {
  readonly next: number
  readonly anchor: Uint8Array | undefined
}

/** What the stored offset means against the log's bounds. */
export type Judgement =
  /** Read from `at`: one record early if the anchor can be checked. */
  | { readonly do: 'start'; readonly at: number; readonly anchor: Uint8Array | undefined }
  /** Retention deleted records nobody had read. */
  | { readonly do: 'lost'; readonly from: number; readonly to: number }
  /** The log ends before the stored offset: truncated, restored from a backup or made anew. */
  | { readonly do: 'beyond_end' }

/** Judges a stored offset. Watermarks must have been read after the offset, or a healthy log looks too short. */
export function judgePosition(expected: Expected, { low, high }: Pick<Watermarks, 'low' | 'high'>): Judgement {
  const { next, anchor } = expected
  if (next > high) return { do: 'beyond_end' }
  if (next < low) return { do: 'lost', from: next, to: low }
  return anchor && next - 1 >= low
    ? { do: 'start', at: next - 1, anchor }
    : { do: 'start', at: next, anchor: undefined }
}

/** What to do with a batch. */
export type Placement =
  /** Store these records; the first is the expected one. */
  | { readonly do: 'apply'; readonly records: readonly LogRecord[] }
  /** Nothing new, as expected. */
  | { readonly do: 'nothing' }
  /** Not at the position asked for. */
  | { readonly do: 'take_over'; readonly why: string }
  /** Records are missing before this one. */
  | { readonly do: 'gap'; readonly records: readonly LogRecord[]; readonly found: number }
  /** The record at the anchor is another one, or (`found: undefined`) not there. */
  | { readonly do: 'wrong_anchor'; readonly found: Uint8Array | undefined }

/** Places a delivered batch against the expected position. `hash` is the anchor of a record. */
export function placeBatch(
  expected: Expected,
  batch: Pick<LogBatch, 'records'>,
  hash: (record: LogRecord) => Uint8Array,
): Placement {
  const { next, anchor } = expected
  const { records } = batch
  const last = records.at(-1)
  if (!last) return { do: 'nothing' }
  if (anchor && last.offset >= next - 1) {
    const before = records.find((record) => record.offset === next - 1)
    const found = before && hash(before)
    if (!found || Buffer.compare(found, anchor) !== 0) return { do: 'wrong_anchor', found }
    if (last.offset === next - 1) return { do: 'nothing' }
  }
  // Never skipped: a log made anew answers like this, and taking over again finds out.
  if (last.offset < next) return { do: 'take_over', why: `the batch ends at ${last.offset}, before ${next}` }
  // A reader that was sent back to the start of a log made anew begins like this, once that log has grown past us: what is
  // below would be skipped unread. Only beside the anchor is an earlier record the one that was stored.
  const first = records[0]!.offset
  if (!anchor && first < next) return { do: 'take_over', why: `the batch begins at ${first}, before ${next}` }
  const fresh = records.filter((record) => record.offset >= next)
  const found = fresh[0]!.offset
  return found === next ? { do: 'apply', records: fresh } : { do: 'gap', records: fresh, found }
}
