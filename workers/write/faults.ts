/** SQLSTATE of a driver's error, if it has one. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/**
 * Whether the rows are to blame: a value Postgres cannot hold (class 22), a constraint (23), a limit such as the size of an
 * index row (54). Everything else is the infrastructure's, and trying the same rows again later may succeed. Taking a data error
 * for a fault would stop the partition for ever; taking a fault for a data error would throw events away.
 */
export function isDataError(error: unknown): boolean {
  const state = sqlState(error)
  return state !== undefined && /^(22|23|54)/.test(state)
}

/** Whether two transactions stood in each other's way (serialization failure, deadlock): the same statement may simply be run again. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error)
  return state === '40001' || state === '40P01'
}

/** Whether Postgres was too slow: the driver gave up, or Postgres cancelled the statement. */
export function isTimeout(error: unknown): boolean {
  return sqlState(error) === '57014' || (error instanceof Error && error.message === 'Query read timeout')
}
