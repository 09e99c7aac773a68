import { retry } from '../../runtime/retry.ts'
import type { DeadLetterReason } from '../outcome.ts'
import { type ExtraContent, encodeExtra } from './batch-extra.ts'
import { findPoison, type Poison } from './bisect.ts'
import { isConflict, isDataError } from './faults.ts'
import { deadLettersOf } from './poison-rows.ts'
import type { DigestRows } from './row.ts'
import type { WriteSession } from './session.ts'
import { stageRows } from './stage-copy.ts'

/** Which part of the log a batch is, and who says so. `anchor` is the hash of the record at `next − 1`; null: not known. */
export interface BatchPosition {
  readonly topic: string
  readonly partition: number
  readonly epoch: number
  /** The stored offset the batch starts from. */
  readonly first: number
  /** The offset stored when the batch is. */
  readonly next: number
  readonly anchor: Uint8Array | null
}

/** What the batch holds. `payloadOf` gives a record's value by its offset, for rows that turn out to be dead letters. */
export interface BatchContent extends ExtraContent {
  readonly rows: DigestRows
  payloadOf(offset: number): Uint8Array
}

/** What became of the batch. `fenced`: someone else owns the partition or has stored this part; nothing was changed. */
export type ApplyOutcome =
  | {
      readonly outcome: 'applied'
      readonly stored: number
      readonly duplicate: number
      readonly deadLetter: number
      /** Why each record that could not be stored could not. */
      readonly reasons: readonly DeadLetterReason[]
    }
  | { readonly outcome: 'fenced' }

/** Each row could be stored alone, but not all together: a bug, which trying again does not cure. */
export class UnstorableBatch extends Error {
  override name = 'UnstorableBatch'
}

/**
 * Stores a batch exactly once: rows into the staging table, then one statement that stores them with the new offset, or
 * answers `fenced`. Rows that Postgres refuses become dead letters, and the others are stored.
 * @throws the driver's error for every fault of the infrastructure: whether the batch was applied is unknown then, the session
 * must be dropped and the partition taken over again. @throws UnstorableBatch
 */
export async function applyBatch(
  session: WriteSession,
  position: BatchPosition,
  content: BatchContent,
): Promise<ApplyOutcome> {
  try {
    return await stageAndApply(session, position, { rows: [content.rows.rows], content })
  } catch (error) {
    if (!isDataError(error)) throw error
    return await applyWithoutPoison(session, position, { ...content, why: error })
  }
}

/** What is staged and applied in one go. */
interface Load {
  readonly rows: readonly Uint8Array[]
  readonly content: ExtraContent
}

async function stageAndApply(session: WriteSession, position: BatchPosition, load: Load): Promise<ApplyOutcome> {
  if (load.rows.some((part) => part.length > 0)) await stageRows(session, load.rows)
  // A failed statement is undone as a whole: the staged rows are still there for the next try.
  const extra = encodeExtra(load.content)
  const counts = await retry(() => apply(session, position, extra), {
    attempts: 5,
    firstMs: 20,
    mostMs: 500,
    passing: isConflict,
  })
  if (counts === 'fenced') return { outcome: 'fenced' }
  return { outcome: 'applied', ...counts, reasons: load.content.deadLetters.map(({ reason }) => reason) }
}

interface Counts {
  readonly stored: number
  readonly duplicate: number
  readonly deadLetter: number
}

async function apply(session: WriteSession, position: BatchPosition, extra: string): Promise<Counts | 'fenced'> {
  const { topic, partition, epoch, first, next, anchor } = position
  const { rows } = await session.client.query<{
    outcome: string
    stored: number
    duplicate: number
    dead_letter: number
  }>({
    name: 'apply_batch',
    text: 'select outcome, stored, duplicate, dead_letter from apply_batch($1, $2, $3, $4, $5, $6, $7)',
    values: [topic, partition, epoch, first, next, anchor && Buffer.from(anchor), extra],
  })
  const row = rows[0]
  if (row?.outcome === 'fenced') return 'fenced'
  if (row?.outcome !== 'applied') throw new Error(`apply_batch answered ${JSON.stringify(row?.outcome)}`)
  return { stored: row.stored, duplicate: row.duplicate, deadLetter: row.dead_letter }
}

/** Thrown out of a search when the partition was lost meanwhile. */
class Fenced extends Error {}

async function applyWithoutPoison(
  session: WriteSession,
  position: BatchPosition,
  content: BatchContent & { why: unknown },
): Promise<ApplyOutcome> {
  const { rows, rowStarts, rowOffsets } = content.rows
  const slice = (from: number, to: number) => rows.subarray(rowStarts[from], rowStarts[to])
  const bare = { ...content, taken: [], deadLetters: [], states: [] }
  await session.client.query('select empty_stage()')
  let poison: Poison[]
  try {
    poison = await findPoison(rowOffsets.length, (from, to) =>
      trial(session, position, { rows: [slice(from, to)], content: bare }),
    )
  } catch (error) {
    if (error instanceof Fenced) return { outcome: 'fenced' }
    throw error
  }
  if (poison.length === 0) {
    throw new UnstorableBatch('a batch cannot be stored although each of its rows can', { cause: content.why })
  }
  const bad = new Set(poison.map(({ row }) => row))
  const good = Array.from(rowOffsets.keys()).filter((row) => !bad.has(row))
  const whole = { ...content, deadLetters: [...content.deadLetters, ...deadLettersOf(poison, content)] }
  try {
    return await stageAndApply(session, position, { rows: good.map((row) => slice(row, row + 1)), content: whole })
  } catch (error) {
    if (!isDataError(error)) throw error
    throw new UnstorableBatch('a batch cannot be stored although each of its rows can', { cause: error })
  }
}

/** Applies rows in a transaction that is always undone. Resolves with the data error that hit it, or undefined. */
async function trial(session: WriteSession, position: BatchPosition, load: Load): Promise<unknown> {
  await session.client.query('begin')
  try {
    const { outcome } = await stageAndApply(session, position, load)
    if (outcome === 'fenced') throw new Fenced()
    return undefined
  } catch (error) {
    if (!isDataError(error)) throw error
    return error
  } finally {
    await session.client.query('rollback')
  }
}
