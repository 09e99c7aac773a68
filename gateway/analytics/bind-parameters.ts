import assert from 'node:assert/strict'
import type { Statement } from '../../sql/statement.ts'
import type { SqlValue } from './run-statement.ts'

/** Puts named values into the order of $1…$n. A name too many or too few is a bug of ours, never of the one who asked. */
export function bindParameters(statement: Statement, given: Readonly<Record<string, SqlValue>>): readonly SqlValue[] {
  const names = statement.parameters.map((parameter) => parameter.name)
  assert.deepEqual(Object.keys(given).toSorted(), names.toSorted(), `the parameters of ${statement.name}`)
  return names.map((name) => given[name]!)
}
