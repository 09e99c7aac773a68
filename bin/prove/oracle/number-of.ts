/** A count as Postgres' driver gives it: text, or null for the sum of nothing. */
export const numberOf = (value: string | number | null | undefined): number => Number(value ?? 0)
