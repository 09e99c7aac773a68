import type { Row } from '../run-statement.ts'

/** A part of a whole, 0 to 1; 0 of nothing. */
export function share(part: string | null | undefined, whole: string | null | undefined): number {
  const all = Number(whole ?? 0)
  return all === 0 ? 0 : Number(part ?? 0) / all
}

/** Fields by the columns they come from; what is null is not measured, and left out. */
export function measured<Name extends string>(
  row: Row,
  columns: Readonly<Record<Name, string>>,
): Partial<Record<Name, number>> {
  const found = Object.entries<string>(columns).flatMap(([name, column]) => {
    const text = row[column]
    return text === null || text === undefined ? [] : [[name, Number(text)]]
  })
  return Object.fromEntries(found) as Partial<Record<Name, number>>
}
