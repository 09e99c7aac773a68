import { type Dimension, keptBySeen, keptBySessions, keptByWayCodes, keptByWays } from '../../../sql/dimensions.ts'

/** Whether all conditions are filters on what a session has one value of, so that whole sessions match or do not. */
export const areOfSessions = (conditions: readonly object[]): boolean =>
  conditions.every((one) => 'dimension' in one && keptBySessions.has(one.dimension as Dimension))

/** Whether all conditions are filters on what views and web vitals of sealed days keep. */
export const areOfViews = (conditions: readonly object[]): boolean =>
  conditions.every((one) => 'dimension' in one && keptBySeen.has(one.dimension as Dimension))

/** Whether all conditions are filters on what the ways of sealed days have of an event. */
export const areOfWays = (conditions: readonly object[]): boolean =>
  conditions.every((one) => 'dimension' in one && keptByWays.has(one.dimension as Dimension))

/** Whether all conditions are filters on what codes of ways have of an event. */
export const areOfWayCodes = (conditions: readonly object[]): boolean =>
  conditions.every((one) => 'dimension' in one && keptByWayCodes.has(one.dimension as Dimension))
