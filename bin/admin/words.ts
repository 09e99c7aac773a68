import { IpMode, KeyKind, SiteKind } from '../../proto/gen/userflow/v1/admin_pb.ts'

/** Words of the command line and what they are in the contract. */
export type Words<V> = Readonly<Record<string, V>>

export const siteKinds: Words<SiteKind> = { web: SiteKind.WEB, server: SiteKind.SERVER, app: SiteKind.APP }
export const keyKinds: Words<KeyKind> = { write: KeyKind.WRITE, secret: KeyKind.SECRET }
export const ipModes: Words<IpMode> = { cut: IpMode.CUT, full: IpMode.FULL, none: IpMode.NONE }
export const answers: Words<boolean> = { yes: true, no: false }

/** The contract's value for a word; undefined where none is said. @throws Error naming the flag and its words */
export function meant<V>(flag: string, word: string | undefined, words: Words<V>): V | undefined {
  if (word === undefined) return undefined
  if (!Object.hasOwn(words, word)) throw new Error(`${flag} is ${Object.keys(words).join(' or ')}, not "${word}".`)
  return words[word]
}

/** The word for a value of the contract. */
export const wordOf = <V>(words: Words<V>, value: V): string =>
  Object.entries(words).find(([, known]) => known === value)?.[0] ?? 'unknown'
