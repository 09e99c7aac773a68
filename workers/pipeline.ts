import type { LogRecord } from '../eventlog/eventlog.ts'
import { foldSessions, type VisitorState } from './sessionize/fold.ts'
import { patchSessionIds } from './sessionize/patch.ts'
import type { Digest, ReceivedSpan } from './threads/digest.ts'
import type { Threads } from './threads/pool.ts'
import { type ApplyOutcome, applyBatch, type BatchPosition } from './write/apply-batch.ts'
import { loadStates } from './write/load-states.ts'
import type { WriteSession } from './write/session.ts'

/** Records of one partition, ready to be stored: which they are, and the partition's high watermark when they were read. */
export interface PipelineBatch extends BatchPosition {
  readonly records: readonly LogRecord[]
  readonly high: number
}

/** What became of a batch, and when the gateways had received its events. */
export type BatchOutcome = ApplyOutcome & { readonly received: ReceivedSpan }

/**
 * The worker's work on a batch: what do its records say, which sessions do they belong to, store them with the new offset.
 * @throws as `applyBatch` does, and when a thread fails.
 */
export async function processBatch(
  threads: Threads,
  session: WriteSession,
  batch: PipelineBatch,
): Promise<BatchOutcome> {
  const digest = await threads.digest(batch.partition, batch.records)
  const states = await sessionize(session, digest)
  const applied = await applyBatch(session, batch, {
    rows: digest,
    taken: digest.taken,
    deadLetters: digest.deadLetters,
    states,
    agents: digest.agents,
    latestReceivedUs: digest.latestReceivedUs,
    high: batch.high,
    payloadOf: (offset) => batch.records.find((record) => record.offset === offset)?.value ?? new Uint8Array(),
  })
  return { ...applied, received: digest.received }
}

/** Gives events without a session one, in place, and returns what to remember of their visitors. */
async function sessionize(session: WriteSession, digest: Digest): Promise<readonly VisitorState[]> {
  if (digest.sessionless.length === 0) return []
  const states = await loadStates(session, digest.sessionless)
  const { sessionIds, changed } = foldSessions(states, digest.sessionless)
  patchSessionIds(digest, sessionIds)
  return changed
}
