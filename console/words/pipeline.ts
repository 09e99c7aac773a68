import { ReplayOutcome } from '../../proto/gen/userflow/v1/pipeline_pb.ts'

/** English words of the pipeline. */
export const words = {
  title: 'Pipeline',
  note: 'Every record taken from the log is stored, a duplicate, or a dead letter. Nothing is missing while the difference is zero.',
  grafana: 'Grafana',
  balance: 'Balance of the period, by time of receipt',
  taken: 'Taken from the log',
  stored: 'Stored',
  duplicate: 'Duplicates',
  letters: 'Dead letters',
  difference: 'Difference',
  balanced: 'Balanced',
  unbalanced: 'Does not balance',
  groups: 'Dead letters by cause',
  noLetters: 'No dead letters wait',
  noLettersNote: 'Everything that was taken could be stored.',
  columns: {
    reason: 'Reason',
    field: 'Field',
    waiting: 'Waiting',
    replayed: 'Replayed',
    last: 'Last',
    message: 'What was wrong',
  },
  replay: 'Replay',
  group: {
    title: (reason: string) => `Dead letters: ${reason}`,
    first: 'First seen',
    last: 'Last seen',
    examples: 'Examples',
    note: 'A replay judges them again by the present rules. Those that are valid now are stored with their own ids and times; none is counted twice.',
    tryIt: 'See what would happen',
    doIt: (count: string) => `Replay ${count}`,
    only: 'Only admins replay.',
    outcome: 'What becomes of them',
    more: 'There are more: replay again.',
    done: 'Replayed. The workers store them within moments.',
  },
  find: {
    title: 'Where is my event?',
    label: 'Event id',
    hint: 'A UUID, as the sender made it. Looks among the stored events, the dead letters and the log.',
    submit: 'Find',
    steps: ['Key accepted', 'Valid', 'On the log', 'Enriched', 'In the store'],
    states: ['', 'Stored', 'On the log, about to be stored', 'Dead letter', 'Not known'],
    unknown: 'It was never accepted, or has been forgotten since.',
  },
} as const

const outcomes: Readonly<Record<number, string>> = {
  [ReplayOutcome.REPLAY_ACCEPTED]: 'valid now',
  [ReplayOutcome.REPLAY_REJECTED]: 'still rejected',
  [ReplayOutcome.REPLAY_NOT_REPLAYABLE]: 'can never become events',
  [ReplayOutcome.REPLAY_RETRY]: 'not known, replay again',
}

/** The English name of what became of a letter. */
export const outcomeWords = (outcome: ReplayOutcome): string => outcomes[outcome] ?? ''
