/** English words of the chip of a cohort that is used as a filter. */
export const chip = { chip: 'Cohort', unknown: 'unknown' } as const
