import type { MessageInitShape } from '@bufbuild/protobuf'
import type { Appended, EventLog } from '../../eventlog/eventlog.ts'
import {
  type ReplayDeadLettersRequest,
  type ReplayDeadLettersResponseSchema,
  ReplayOutcome,
} from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { answer, type Caller, type Reading } from '../analytics/answer.ts'
import { bytesOf, numberOf, textOf, timeOf } from '../analytics/columns.ts'
import { checkAfter, checkField, checkLetterIds, checkLimit, checkReason, checkTime } from '../analytics/parameters.ts'
import { type Row, toStoreError } from '../analytics/run-statement.ts'
import { reasonName } from '../ingest/rejection.ts'
import { EventScan } from '../ingest/validate/event-scan.ts'
import type { Key } from '../keys.ts'
import type { Privacy } from '../privacy.ts'
import type { KnownSchemas } from '../schemas/known-schemas.ts'
import { type JudgedAgain, judgeAgain, type Letter } from './judge-again.ts'
import { partsOf } from './letter-id.ts'

/** What a replay needs: the questions, the log it appends to, and who counts. */
export interface Replaying extends Reading {
  readonly log: EventLog
  /** Absent: no company has schemas. */
  readonly schemas?: Pick<KnownSchemas, 'of'>
  /** Takes the number of letters by what became of them; not called in a dry run. */
  readonly replayed: (outcome: Outcome, letters: number) => void
}

/** What became of a letter. `retry`: valid, but the log did not answer; it stays as it was. */
export type Outcome = JudgedAgain['outcome'] | 'retry'

/** A letter, what the rules say of it now, and what became of it. */
interface Replayed {
  readonly letter: Letter
  readonly judged: JudgedAgain
  readonly outcome: Outcome
}

const usualLetters = 100
const appendDeadlineMs = 10_000

/**
 * Judges waiting dead letters of the caller's company again, appends those that are valid now, and notes what became of each.
 * A note lost after the append does no harm: the next replay appends the same event, which is found to be stored.
 */
export async function replayDeadLetters(
  replaying: Replaying,
  request: ReplayDeadLettersRequest,
  caller: Caller,
): Promise<MessageInitShape<typeof ReplayDeadLettersResponseSchema>> {
  const parameters = {
    reason: checkReason(request.reason),
    field: checkField(request.field),
    ids: checkLetterIds(request.ids),
    after: checkAfter(request.after),
    kept_until: checkTime('kept_until', request.keptUntil),
    row_limit: checkLimit(request.limit, usualLetters),
  }
  const { rows, meta } = await answer(replaying, { metric: 'dead_letters_to_replay', caller, parameters })
  const letters = rows.map((row) => letterOf(row, caller.companyId))
  const schemas = await replaying.schemas?.of(caller.companyId)
  const court = { scan: new EventScan(), partitions: replaying.log.partitions, schemas }
  const judged = letters.map((letter) => ({ letter, judged: judgeAgain(letter, court) }))
  const replayed = request.dryRun ? judged.map(asJudged) : await append(replaying.log, judged)
  if (!request.dryRun) await note(replaying, replayed, caller)
  const count = (wanted: Outcome) => replayed.filter(({ outcome }) => outcome === wanted).length
  return {
    accepted: count('accepted'),
    rejected: count('rejected'),
    notReplayable: count('not_replayable'),
    retry: count('retry'),
    letters: replayed.map(tell),
    next: rows.at(-1)?.more === 't' ? letters.at(-1)!.id : '',
    meta,
  }
}

function letterOf(row: Row, companyId: number): Letter {
  const received = timeOf(row, 'received_at') ?? timeOf(row, 'kept_at')!
  return {
    id: textOf(row, 'id'),
    reason: textOf(row, 'reason'),
    payload: bytesOf(row, 'payload'),
    isRecord: row.is_record === 't',
    receivedAtUs: Number(received.seconds) * 1e6 + received.nanos / 1e3,
    key: row.ip_mode ? keyOf(row, companyId) : undefined,
  }
}

/**
 * The key of a request is not kept; its site's privacy is what it is by now. A site that ever had a write key is judged by the rules of write keys: with those of
 * secret keys, whoever opens its pages could have made up a visitor's address.
 */
const keyOf = (row: Row, companyId: number): Key => ({
  keyId: '',
  kind: row.has_write_key === 't' ? 'write' : 'secret',
  companyId,
  siteId: numberOf(row, 'site_id'),
  scopes: ['ingest'],
  allowedOrigins: [],
  privacy: {
    ipMode: textOf(row, 'ip_mode') as Privacy['ipMode'],
    cookieless: row.cookieless === 't',
    ...(row.query_parameters ? { queryParameters: JSON.parse(row.query_parameters) as string[] } : {}),
    deniedProperties: JSON.parse(row.denied_properties ?? '[]') as string[],
    // What a browser asked for was heard when it sent.
    respectDoNotTrack: false,
  },
})

type Judged = Omit<Replayed, 'outcome'>

const asJudged = (one: Judged): Replayed => ({ ...one, outcome: one.judged.outcome })

/** Appends what was accepted; what the log does not confirm is to be replayed again. */
async function append(log: EventLog, all: readonly Judged[]): Promise<Replayed[]> {
  const records = all.flatMap(({ judged }) => (judged.outcome === 'accepted' ? [judged.record] : []))
  const answers: readonly Appended[] =
    records.length === 0 ? [] : await log.append(records, { deadlineMs: appendDeadlineMs })
  let next = 0
  return all.map((one) => {
    if (one.judged.outcome !== 'accepted') return asJudged(one)
    return answers[next++]?.status === 'written' ? asJudged(one) : { ...one, outcome: 'retry' }
  })
}

async function note({ db, replayed: count }: Replaying, all: readonly Replayed[], caller: Caller): Promise<void> {
  const done = all.filter(({ outcome }) => outcome !== 'retry')
  if (done.length > 0) {
    const letters = done.map(({ letter, outcome }) => [...partsOf(letter.id), outcome])
    await db
      .query('select mark_replayed($1, $2)', [caller.companyId, JSON.stringify(letters)])
      .catch((error: unknown) => {
        throw toStoreError(error)
      })
  }
  for (const { outcome } of all) count(outcome, 1)
}

const outcomes: Readonly<Record<Outcome, ReplayOutcome>> = {
  accepted: ReplayOutcome.REPLAY_ACCEPTED,
  rejected: ReplayOutcome.REPLAY_REJECTED,
  not_replayable: ReplayOutcome.REPLAY_NOT_REPLAYABLE,
  retry: ReplayOutcome.REPLAY_RETRY,
}

function tell({ letter: { id }, judged, outcome: found }: Replayed) {
  const outcome = outcomes[found]
  if (found === 'retry') return { id, outcome, message: 'It is not known whether the log has it: replay it again.' }
  if (judged.outcome === 'accepted') return { id, outcome, eventId: judged.eventId }
  if (judged.outcome === 'not_replayable') return { id, outcome, message: judged.why }
  const { reason, field, message } = judged.rejection
  return { id, outcome, reason: reasonName(reason), field, message }
}
