import { verifyRollups } from '../../../sql/rollups.ts'
import type { Check } from './evidence.ts'

/** I5: every row of every rollup equals its recomputation from the stored events. */
export const rollupsEqual: Check = async ({ database }) => {
  const different = (await verifyRollups(database)).filter((rollup) => rollup.different > 0)
  return different.map(({ rollup, rows, different: wrong, example }) => ({
    invariant: 'I5',
    message: `${wrong} of ${rows} rows of ${rollup} differ from their recomputation: ${JSON.stringify(example)}`,
  }))
}
