import { SchemaMode } from '../../proto/gen/userflow/v1/schemas_pb.ts'

/** English words of contracts. */
export const words = {
  title: 'Contracts',
  note: 'What the properties of your own events have to be, as JSON Schema. First reported, then enforced.',
  create: 'New contract',
  none: 'No contract yet',
  noneNote:
    'Without one every property is taken as it comes. A contract is tried against the last seven days before it rejects anything.',
  columns: {
    name: 'Event',
    version: 'Version',
    mode: 'Breaches are',
    broken: 'Broken, 7 days',
    view: 'SQL view',
    made: 'Since',
  },
  form: {
    title: 'New contract',
    name: 'Name of the event',
    schema: 'JSON Schema of its properties',
    mode: 'An event that breaks it is',
    invalid: 'This is not JSON.',
    notObject: 'A schema is an object.',
    tryIt: 'Try on the last 7 days',
    save: 'Save as a new version',
    first: 'Save',
    although: 'Enforce it although it would have rejected some of them',
    saved: (version: number) => `Saved as version ${version}. Every gateway follows within five seconds.`,
    only: 'Editors and admins change contracts.',
  },
  trial: {
    title: 'On the last seven days',
    sum: (rejected: string, events: string) => `${rejected} of ${events} events would be rejected.`,
    none: 'No event of this name was stored in the last seven days.',
    rule: 'Rule',
    field: 'Property',
    events: 'Events',
    message: 'What is wrong',
  },
  reported: 'Rules broken in the last seven days',
} as const

const modes: Readonly<Record<number, string>> = {
  [SchemaMode.OFF]: 'not looked at',
  [SchemaMode.REPORT]: 'stored and counted',
  [SchemaMode.ENFORCE]: 'rejected',
}

/** The English name of what happens to a breach. */
export const modeWords = (mode: SchemaMode): string => modes[mode] ?? ''
