import { readFilter, type ViewFilter, writeFilter } from './filters.ts'

/** As many conditions as the contract takes at once. */
export const mostConditions = 20

/** Conditions that must all hold, as they stand in addresses: parted by semicolons, which are escaped inside of them. */
export const writeConditions = (conditions: readonly ViewFilter[]): string => conditions.map(writeFilter).join(';')

/** Reads them back; what nobody could have written is left out. */
export const readConditions = (text: string): readonly ViewFilter[] =>
  text
    .split(';')
    .flatMap((one) => readFilter(one) ?? [])
    .slice(0, mostConditions)
