import { timestampMs } from '@bufbuild/protobuf/wkt'
import { callMethod } from '../../clients/node/call.ts'
import { PipelineService, type ReplayedDeadLetter } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import type { Inbox } from './inbox.ts'
import type { Options } from './options.ts'

const lettersACall = 500
const mostGroups = 1_000
const callDeadlineMs = 60_000

/** What became of all letters that waited when it began. */
export interface ReplayedAll {
  readonly accepted: number
  readonly rejected: number
  readonly notReplayable: number
  readonly retry: number
  readonly letters: readonly ReplayedDeadLetter[]
}

/**
 * Replays what waits, call by call, each going on behind the one before. Ends with the last letter kept before it began: an
 * event that still cannot be stored is a new letter a moment later, and would be replayed for ever.
 */
export async function replayAll(
  on: { readonly address: string; readonly key: string; readonly inbox: Inbox },
  options: Pick<Options, 'reason' | 'field' | 'ids' | 'dryRun'>,
): Promise<ReplayedAll> {
  const { groups } = await on.inbox.groups({ limit: mostGroups, includeReplayed: false })
  const [keptUntil] = groups
    .flatMap((group) => group.lastSeen ?? [])
    .sort((a, b) => timestampMs(b) - timestampMs(a) || b.nanos - a.nanos)
  const total = { accepted: 0, rejected: 0, notReplayable: 0, retry: 0 }
  const letters: ReplayedDeadLetter[] = []
  if (!keptUntil) return { ...total, letters }
  const { reason, field, ids, dryRun } = options
  const where = { reason, ids: [...ids], dryRun, keptUntil, ...(field === undefined ? {} : { field }) }
  let after = ''
  do {
    const call = { address: on.address, key: on.key, deadlineMs: callDeadlineMs }
    const ask = { ...where, after, limit: lettersACall }
    const answer = await callMethod(call, PipelineService.method.replayDeadLetters, ask)
    for (const count of Object.keys(total) as (keyof typeof total)[]) total[count] += answer[count]
    letters.push(...answer.letters)
    after = answer.next
  } while (after !== '')
  return { ...total, letters }
}
