import { type Dimension, isKeptByClicks } from '../../../sql/dimensions.ts'

/** Whether all conditions are filters on what clicks and form steps of sealed days keep. */
export const areOfClicks = (conditions: readonly object[]): boolean =>
  conditions.every((one) => 'dimension' in one && isKeptByClicks(one.dimension as Dimension))
