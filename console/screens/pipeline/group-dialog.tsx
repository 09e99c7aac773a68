import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useMutation } from '@connectrpc/connect-query'
import { useQueryClient } from '@tanstack/react-query'
import { Role } from '../../../proto/gen/userflow/v1/people_pb.ts'
import {
  type DeadLetterGroup,
  PipelineService,
  type ReplayDeadLettersResponse,
  ReplayOutcome,
} from '../../../proto/gen/userflow/v1/pipeline_pb.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { formatCount, formatExactly } from '../../parts/formats.ts'
import { Problem } from '../../parts/states.tsx'
import { useMay } from '../../session/session-context.tsx'
import { outcomeWords, words } from '../../words/pipeline.ts'

/** As many as one call takes. */
const mostAtOnce = 1_000

/** One cause: what was wrong, since when, and a replay, first tried and then done. */
export function GroupDialog({ group, zone, onClose }: { group: DeadLetterGroup; zone: string; onClose: () => void }) {
  const { reason, field, message, firstSeen, lastSeen, exampleIds } = group
  const facts = [
    [words.columns.message, message],
    [words.columns.field, field || '–'],
    [words.columns.waiting, formatCount(group.letters)],
    [words.columns.replayed, formatCount(group.replayed)],
    [words.group.first, firstSeen ? formatExactly(timestampMs(firstSeen), zone) : ''],
    [words.group.last, lastSeen ? formatExactly(timestampMs(lastSeen), zone) : ''],
    [words.group.examples, exampleIds.join(', ')],
  ] as const
  return (
    <Dialog title={words.group.title(reason)} onClose={onClose}>
      <dl className="mb-5 grid gap-x-6 gap-y-1.5 text-[13px] sm:grid-cols-[8rem_1fr]">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-words">
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <Replay group={group} />
    </Dialog>
  )
}

function Replay({ group: { reason, field, letters } }: { group: DeadLetterGroup }) {
  const may = useMay(Role.ADMIN)
  const client = useQueryClient()
  const trial = useMutation(PipelineService.method.replayDeadLetters)
  const replay = useMutation(PipelineService.method.replayDeadLetters, {
    onSuccess: () => void client.invalidateQueries(),
  })
  const asked = { reason, field, limit: mostAtOnce }
  if (!may) return <p className="text-muted">{words.group.only}</p>
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[13px] text-muted">{words.group.note}</p>
      {(trial.error ?? replay.error) && <Problem error={trial.error ?? replay.error} />}
      {(replay.data ?? trial.data) && <Outcome answer={replay.data ?? (trial.data as ReplayDeadLettersResponse)} />}
      {replay.data && <p role="status">{replay.data.next === '' ? words.group.done : words.group.more}</p>}
      <div className="flex justify-end gap-2">
        <Button disabled={trial.isPending || letters === 0} onClick={() => trial.mutate({ ...asked, dryRun: true })}>
          {words.group.tryIt}
        </Button>
        <Button kind="strong" disabled={!trial.data?.accepted || replay.isPending} onClick={() => replay.mutate(asked)}>
          {words.group.doIt(formatCount(trial.data?.accepted ?? 0))}
        </Button>
      </div>
    </div>
  )
}

function Outcome({ answer }: { answer: ReplayDeadLettersResponse }) {
  const rows = [
    [ReplayOutcome.REPLAY_ACCEPTED, answer.accepted],
    [ReplayOutcome.REPLAY_REJECTED, answer.rejected],
    [ReplayOutcome.REPLAY_NOT_REPLAYABLE, answer.notReplayable],
    [ReplayOutcome.REPLAY_RETRY, answer.retry],
  ] as const
  return (
    <ul
      aria-label={words.group.outcome}
      className="flex flex-wrap gap-x-6 gap-y-1 rounded-md bg-hover px-3 py-2 text-[13px]"
    >
      {rows.map(([outcome, count]) => (
        <li key={outcome}>
          <b>{formatCount(count)}</b> {outcomeWords(outcome)}
        </li>
      ))}
    </ul>
  )
}
