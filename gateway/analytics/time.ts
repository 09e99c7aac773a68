import type { Timestamp } from '@bufbuild/protobuf/wkt'

/** A Timestamp's fields, to be put into an answer. */
export interface TimestampFields {
  readonly seconds: bigint
  readonly nanos: number
}

const earliestSeconds = -62_135_596_800n // 0001-01-01, the first moment a Timestamp may say
const latestSeconds = 253_402_300_799n // 9999-12-31

/** Whether the Timestamp is one that protobuf allows; a stranger can send any two numbers. */
export const isValidTime = (time: Timestamp): boolean =>
  time.seconds >= earliestSeconds && time.seconds <= latestSeconds && time.nanos >= 0 && time.nanos < 1e9

/** Microseconds since 1970; nanoseconds are cut off, as they are when an event is stored. */
export const toMicros = (time: Timestamp): number => Number(time.seconds) * 1e6 + Math.floor(time.nanos / 1e3)

/** A time for a timestamptz parameter: ISO 8601 in UTC with microseconds, from microseconds since 1970. */
export function toSqlTime(micros: number): string {
  const seconds = Math.floor(micros / 1e6)
  const fraction = String(micros - seconds * 1e6).padStart(6, '0')
  return `${new Date(seconds * 1e3).toISOString().slice(0, 19)}.${fraction}Z`
}

/** Microseconds since 1970 as a Timestamp. */
export function fromMicros(micros: number): TimestampFields {
  const seconds = Math.floor(micros / 1e6)
  return { seconds: BigInt(seconds), nanos: (micros - seconds * 1e6) * 1e3 }
}

const sqlTime = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/

/** Reads a timestamptz as Postgres writes it in a session whose time zone is UTC; exact to the microsecond. */
export function fromSqlTime(text: string): TimestampFields {
  const [, day, time, fraction = ''] = sqlTime.exec(text) ?? []
  if (day === undefined) throw new Error(`not a time in UTC as Postgres writes it: ${text}`)
  return { seconds: BigInt(Date.parse(`${day}T${time}Z`) / 1e3), nanos: Number(fraction.padEnd(9, '0')) }
}

/** Reads a time that `toSqlTime` wrote. */
export const fromIso = (text: string): TimestampFields => fromSqlTime(text.replace('T', ' ').replace('Z', '+00'))

/** Whether a lies after b. */
export const isAfter = (a: TimestampFields, b: TimestampFields): boolean =>
  a.seconds > b.seconds || (a.seconds === b.seconds && a.nanos > b.nanos)
