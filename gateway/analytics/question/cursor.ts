import { invalid } from '../../errors.ts'
import { type TimestampFields, toMicros, toSqlTime } from '../time.ts'

/** The parts of `next` of an answer before; nothing when it is empty. @throws PARAMETER_INVALID */
export function readCursor(after: string, form: RegExp): readonly (string | undefined)[] {
  if (after === '') return []
  const found = form.exec(after)
  if (!found) throw invalid('after', 'must be `next` of the answer before')
  return found.slice(1)
}

/** The time of a cursor, for a timestamptz parameter; null when there is none. */
export const cursorTime = (micros: string | undefined): string | null => (micros ? toSqlTime(Number(micros)) : null)

/** A time as a cursor has it: microseconds since 1970. */
export const microsOf = (time: TimestampFields): number => toMicros({ $typeName: 'google.protobuf.Timestamp', ...time })
