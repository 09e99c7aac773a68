import { IpMode, KeyKind, SiteKind } from '../../proto/gen/userflow/v1/admin_pb.ts'

/** English words of sites and keys. */
export const words = {
  title: 'Sites and keys',
  note: 'A site is a place where events come from. Its write key is public and only sends; secret keys belong on servers.',
  create: 'New site',
  none: 'No site yet',
  noneNote: 'Make one: its page shows what to put where, and waits for the first event.',
  columns: { name: 'Name', kind: 'Kind', zone: 'Time zone', origins: 'Allowed origins', made: 'Made' },
  anyOrigin: 'any',
  form: {
    title: 'New site',
    name: 'Name',
    kind: 'Where its events come from',
    zone: 'Time zone of its reports',
    zoneHint: 'A name such as Europe/Berlin.',
    origins: 'Allowed origins',
    originsHint: 'Such as https://example.com, one a line. None: any.',
    submit: 'Make the site',
    save: 'Save',
  },
  tabs: { connect: 'Connect', keys: 'Keys', settings: 'Settings' },
  connect: {
    howTo: 'What to put where',
    hidden: 'The text of a key is kept nowhere. Put yours in place of KEY, or make a new one.',
    make: 'Make a write key',
    ways: { html: 'HTML', typescript: 'TypeScript', grpc: 'gRPC', curl: 'curl' },
    waiting: 'Waiting for the first event …',
    waitingNote: 'This notices within two seconds of its arrival.',
    here: 'Events arrive',
    rejected: 'The last rejected event',
    rejectedNote: 'It was received and could not be taken, for this reason:',
  },
  keys: {
    prefix: 'Begins with',
    kind: 'Kind',
    scopes: 'May',
    label: 'For',
    used: 'Last used',
    state: 'State',
    actions: 'Actions',
    never: 'never',
    works: 'works',
    ends: (time: string) => `ends ${time}`,
    revoked: 'revoked',
    ended: 'ended',
    rotate: 'Rotate',
    revoke: 'Revoke',
    make: 'New key',
    kindLabel: 'Kind',
    labelLabel: 'What it is for',
    submit: 'Make the key',
    madeTitle: 'The new key',
    made: 'Copy it now: it is shown this once and kept nowhere.',
    sureRevoke: (prefix: string) =>
      `Revoke the key that begins with ${prefix}? Every gateway refuses it within five seconds.`,
    sureRotate: (prefix: string) =>
      `Make a successor of the key that begins with ${prefix}? The old one works for one more day.`,
    cancel: 'Cancel',
  },
  settings: {
    ip: 'IP addresses',
    cookieless: 'Cookieless: nothing is kept in the browser',
    dnt: 'Do not record browsers that say "do not track"',
    allParameters: 'Keep every parameter of addresses',
    parameters: 'Parameters to keep',
    denied: 'Properties to take out',
    list: 'One a line.',
    saved: 'Saved. Every gateway follows within five seconds.',
  },
} as const

const kinds: Readonly<Record<number, string>> = {
  [SiteKind.WEB]: 'Website',
  [SiteKind.SERVER]: 'Server',
  [SiteKind.APP]: 'App',
}
const keyKinds: Readonly<Record<number, string>> = { [KeyKind.WRITE]: 'Write', [KeyKind.SECRET]: 'Secret' }
const ipModes: Readonly<Record<number, string>> = {
  [IpMode.CUT]: 'Their network only',
  [IpMode.FULL]: 'Whole',
  [IpMode.NONE]: 'Not at all',
}

/** The English name of a kind of site. */
export const siteKindWords = (kind: SiteKind): string => kinds[kind] ?? ''
/** The English name of a kind of key. */
export const keyKindWords = (kind: KeyKind): string => keyKinds[kind] ?? ''
/** The English name of how addresses are kept. */
export const ipModeWords = (mode: IpMode): string => ipModes[mode] ?? ''
