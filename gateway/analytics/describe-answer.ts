import type { MessageInitShape } from '@bufbuild/protobuf'
import type { ValueSchema } from '@bufbuild/protobuf/wkt'
import type { AnswerMetaSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Statement } from '../../sql/statement.ts'
import type { SqlValue } from './run-statement.ts'
import { fromMicros } from './time.ts'

/** The part of an answer that says where it comes from: metric, version, SQL, parameters, rows, and how complete it is. */
export function describeAnswer(given: {
  statement: Statement
  values: readonly SqlValue[]
  rowCount: number
  completeTo: number | undefined
  plan: string | undefined
}): MessageInitShape<typeof AnswerMetaSchema> {
  const { statement, completeTo } = given
  return {
    metric: statement.name,
    version: statement.version,
    sql: statement.sql,
    parameters: { values: given.values.map(toValue) },
    rowCount: given.rowCount,
    ...(given.plan === undefined ? {} : { plan: given.plan }),
    ...(completeTo === undefined ? {} : { completeTo: fromMicros(completeTo) }),
  }
}

function toValue(value: SqlValue): MessageInitShape<typeof ValueSchema> {
  if (value === null) return { kind: { case: 'nullValue', value: 0 } }
  if (typeof value === 'string') return { kind: { case: 'stringValue', value } }
  if (typeof value === 'number') return { kind: { case: 'numberValue', value } }
  if (typeof value === 'boolean') return { kind: { case: 'boolValue', value } }
  return { kind: { case: 'listValue', value: { values: value.map(toValue) } } }
}
