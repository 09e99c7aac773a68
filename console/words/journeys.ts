import { JourneyStepKind } from '../../proto/gen/userflow/v1/journeys_pb.ts'

/** English words of journeys. */
export const words = {
  title: 'Journeys',
  note: 'Which ways sessions take, step by step. A click on a step begins there.',
  ways: 'Ways',
  steps: 'Steps',
  withEvents: 'With custom events',
  start: 'Begin at',
  startHint: 'A page such as /pricing; empty: the first step of a session.',
  show: 'Show',
  fromTheBeginning: 'From the beginning',
  beginsAt: (step: string) => `Begins at ${step}`,
  sessions: 'Sessions',
  top: 'Most taken paths',
  path: 'Path',
  ended: 'Ended there',
  share: 'Share',
  drawn: (sessions: string) => `A drawing of ${sessions} sessions; the table below says the same in words.`,
  link: (from: string, to: string, sessions: string) => `${from} → ${to}\n${sessions} sessions`,
  node: (name: string, sessions: string) => `${name}\n${sessions} sessions`,
  empty: 'No journeys in this period',
  emptyNote: 'Choose a longer period, begin at another page, or take a filter away.',
} as const

const ends: Readonly<Record<number, string>> = {
  [JourneyStepKind.OTHER]: 'Other steps',
  [JourneyStepKind.END]: 'End of session',
  [JourneyStepKind.MORE]: 'Goes on',
  [JourneyStepKind.START]: 'Start',
}

/** A step as people read it: the page's path or the event's name, or what stands in its place. */
export const stepWords = (step: { kind: JourneyStepKind; value: string } | undefined): string =>
  step ? (ends[step.kind] ?? (step.value || '(none)')) : ''
