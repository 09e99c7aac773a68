/** English words of a cohort that is used as a filter: its chip, and where it is chosen. */
export const chip = { chip: 'Cohort', unknown: 'unknown', choose: 'People', everybody: 'Everybody' } as const
