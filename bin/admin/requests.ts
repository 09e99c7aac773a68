import type { MessageInitShape } from '@bufbuild/protobuf'
import { durationFromMs, timestampFromDate } from '@bufbuild/protobuf/wkt'
import {
  type CreateKeyRequestSchema,
  type CreateSiteRequestSchema,
  KeyKind,
  type ListKeysRequestSchema,
  type Privacy,
  type PrivacySchema,
  type RotateKeyRequestSchema,
  SiteKind,
} from '../../proto/gen/userflow/v1/admin_pb.ts'
import type { Said } from './options.ts'
import { answers, ipModes, keyKinds, meant, siteKinds } from './words.ts'

// From the words of the command line to the requests of the contract. What the gateway checks is not checked here.

export const createSiteRequest = (said: Said): MessageInitShape<typeof CreateSiteRequestSchema> => ({
  name: said.name ?? '',
  kind: meant('--kind', said.kind, siteKinds) ?? SiteKind.UNSPECIFIED,
  allowedOrigins: said.origin ?? [],
  timeZone: said['time-zone'] ?? '',
})

/** What changes of a site besides its privacy. */
interface SiteChange {
  readonly siteId: number
  readonly name?: string
  readonly allowedOrigins?: { origins: string[] }
}

/** All but privacy, for which what is there has to be known. */
export const updateSiteRequest = (said: Said): SiteChange => ({
  siteId: number('--site', said.site),
  ...(said.name === undefined ? {} : { name: said.name }),
  ...(said.origin || said['any-origin'] ? { allowedOrigins: { origins: said.origin ?? [] } } : {}),
})

/** Whether anything about privacy is said. */
export const saysPrivacy = (said: Said): boolean =>
  [
    said.ip,
    said.cookieless,
    said['query-parameter'],
    said['all-query-parameters'],
    said['deny-property'],
    said['respect-do-not-track'],
  ].some((one) => one !== undefined)

/** The settings as they are, changed as said: the contract takes all of them at once. */
export function changedPrivacy(now: Privacy, said: Said): MessageInitShape<typeof PrivacySchema> {
  const names = said['query-parameter']
  const keepAll = said['all-query-parameters'] ?? (names ? false : now.keepAllQueryParameters)
  return {
    ipMode: meant('--ip', said.ip, ipModes) ?? now.ipMode,
    cookieless: meant('--cookieless', said.cookieless, answers) ?? now.cookieless,
    keepAllQueryParameters: keepAll,
    queryParameters: keepAll ? [] : noneIfEmpty(names ?? now.queryParameters),
    deniedProperties: noneIfEmpty(said['deny-property'] ?? now.deniedProperties),
    respectDoNotTrack: meant('--respect-do-not-track', said['respect-do-not-track'], answers) ?? now.respectDoNotTrack,
  }
}

/** The empty text alone means none: there is no other way to say so by a flag that is repeated. */
const noneIfEmpty = (names: string[]): string[] => (names.length === 1 && names[0] === '' ? [] : names)

export const listKeysRequest = (said: Said): MessageInitShape<typeof ListKeysRequestSchema> => ({
  siteId: said.site === undefined ? 0 : number('--site', said.site),
  includeEnded: said.all ?? false,
})

export const createKeyRequest = (said: Said): MessageInitShape<typeof CreateKeyRequestSchema> => ({
  siteId: number('--site', said.site),
  kind: meant('--kind', said.kind, keyKinds) ?? KeyKind.UNSPECIFIED,
  scopes: said.scope ?? [],
  label: said.label ?? '',
  eventsPerSecond: said.limit === undefined ? 0 : number('--limit', said.limit),
  ...(said.expires === undefined ? {} : { expiresAt: timestampFromDate(time(said.expires)) }),
})

export const rotateKeyRequest = (said: Said): MessageInitShape<typeof RotateKeyRequestSchema> => ({
  keyId: said.key ?? '',
  ...(said.overlap === undefined ? {} : { overlap: durationFromMs(duration(said.overlap)) }),
})

function number(name: string, word: string | undefined): number {
  if (word === undefined || !/^\d{1,9}$|^1000000000$/.test(word) || Number(word) === 0) {
    throw new Error(`${name} is a whole number, 1 to 1000000000, not "${word}".`)
  }
  return Number(word)
}

function time(word: string): Date {
  const date = new Date(word)
  // Without a zone it would mean another moment on another machine.
  if (!/(Z|[+-]\d\d:\d\d)$/.test(word) || Number.isNaN(date.getTime())) {
    throw new Error(`--expires is a time with its zone, such as 2027-01-31T00:00:00Z, not "${word}".`)
  }
  return date
}

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

function duration(word: string): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])?$/.exec(word) ?? []
  if (count === undefined || (unit === '' && Number(count) !== 0)) {
    throw new Error(`--overlap is 0, or a number with s, m, h or d, such as 12h, not "${word}".`)
  }
  return Number(count) * (unitsMs[unit] ?? 0)
}
