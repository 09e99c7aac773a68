import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt'
import { type DeadLetter, type DeadLetterGroup, ReplayOutcome } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { oneLine } from '../running/one-line.ts'
import type { ReplayedAll } from './replay-all.ts'

const shownBytes = 400

/** The causes as lines for a reader. */
export function printGroups(groups: readonly DeadLetterGroup[]): string[] {
  if (groups.length === 0) return ['No dead letter waits.']
  return groups.flatMap((group) => [
    `${group.letters} waiting, ${group.replayed} replayed  ${causeOf(group)}  ${timeOf(group.firstSeen)} to ${timeOf(group.lastSeen)}`,
    `    ${oneLine(group.message)}`,
    `    such as ${group.exampleIds.join(' ')}`,
  ])
}

/** Letters with the beginning of their bytes. */
export function printLetters(letters: readonly DeadLetter[]): string[] {
  if (letters.length === 0) return ['There is no such dead letter.']
  return letters.flatMap((letter) => [
    `${letter.id}  ${causeOf(letter)}  kept ${timeOf(letter.keptAt)}  event ${letter.eventId || 'without a readable id'}`,
    `    ${oneLine(letter.message)}`,
    ...(letter.replayedAt ? [`    judged again ${timeOf(letter.replayedAt)}: ${letter.replayedOutcome}`] : []),
    `    ${letter.payload.length} bytes: ${readable(letter.payload)}`,
  ])
}

/** What a replay did, or would do: the sums, and the causes of what is not accepted. */
export function printReplayed(replayed: ReplayedAll, dryRun: boolean): string[] {
  const { accepted, rejected, notReplayable, retry, letters } = replayed
  const causes = new Map<string, number>()
  for (const letter of letters) {
    if (letter.outcome === ReplayOutcome.REPLAY_ACCEPTED) continue
    const cause = `${letter.reason ? `${causeOf(letter)}: ` : ''}${oneLine(letter.message)}`
    causes.set(cause, (causes.get(cause) ?? 0) + 1)
  }
  return [
    `${letters.length} judged again: ${accepted} ${dryRun ? 'would be accepted' : 'accepted'}, ${rejected} rejected, ${notReplayable} not replayable`,
    ...[...causes].map(([cause, count]) => `    ${count}  ${cause}`),
    ...(retry > 0 ? [`${retry} are to be replayed again, because the log did not answer for them.`] : []),
  ]
}

const causeOf = ({ reason, field }: { reason: string; field: string }): string =>
  field ? `${reason} ${oneLine(field)}` : reason

const timeOf = (time: Timestamp | undefined): string => (time ? timestampDate(time).toISOString() : 'unknown')

/** UTF-8 as text, anything else in hexadecimal. */
function readable(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, shownBytes))
  const more = bytes.length > shownBytes ? ' …' : ''
  const isText = start.length > 0 && start[0]! >= 0x20 && !start.toString().includes('\0')
  return (isText ? oneLine(start.toString()) : start.toString('hex')) + more
}
