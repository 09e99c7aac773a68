import { timestampDate } from '@bufbuild/protobuf/wkt'
import type { BrokenRule, EventSchema, Trial } from '../../proto/gen/userflow/v1/schemas_pb.ts'
import { oneLine } from '../running/one-line.ts'
import { modeWord } from './options.ts'

/** Schemas as lines for a reader. */
export function printSchemas(schemas: readonly EventSchema[]): string[] {
  if (schemas.length === 0) return ['There is no schema.']
  return schemas.flatMap((schema) => [...printSchema(schema), ...schema.reported.flatMap(printRule)])
}

/** A schema without its rules. */
export function printSchema({ name, version, mode, view, createdAt }: EventSchema): string[] {
  const made = createdAt ? timestampDate(createdAt).toISOString() : 'unknown'
  return [`${oneLine(name)}  version ${version}  ${modeWord(mode)}  view ${view}  made ${made}`]
}

/** What a schema would have done. */
export function printTrial({ events, rejected, broken, from }: Trial): string[] {
  const since = from ? ` received since ${timestampDate(from).toISOString()}` : ''
  return [`${rejected} of ${events} stored events${since} would have been rejected`, ...broken.flatMap(printRule)]
}

const printRule = ({ field, rule, events, message, exampleIds }: BrokenRule): string[] => [
  `    ${events}  ${oneLine(field)} ${oneLine(message)} (${rule})`,
  ...(exampleIds.length > 0 ? [`        such as ${exampleIds.join(' ')}`] : []),
]
