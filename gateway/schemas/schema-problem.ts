import { RequestError } from '../errors.ts'

/** A JSON Schema that cannot be taken, as the one who put it reads it. `at` is a JSON pointer into it; empty: all of it. */
export const schemaProblem = (at: string, rule: string, cause?: unknown): RequestError =>
  new RequestError('SCHEMA_INVALID', `json_schema${at}: ${rule}`, { cause })
