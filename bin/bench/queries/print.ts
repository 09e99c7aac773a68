import { type Cell, type NotMeasured, type PeriodName, periods } from './measure-questions.ts'
import type { Sizes } from './subject.ts'

/** Target 5, in ms: without filters, and with any. */
const targetMs = (filters: number): number => (filters === 0 ? 300 : 1_000)

/** Whether a question is as fast as wanted. */
export const reached = (cell: Cell): boolean => cell.p95Ms <= targetMs(cell.filters)

/** Lines for console.table: a question with so many filters, "p50 / p95" by period, marked with ✗ where it misses its target. */
export function rowsOf(cells: readonly Cell[]): Record<string, string | number>[] {
  const groups = Map.groupBy(cells, ({ question, filters }) => `${question}\n${filters}`)
  return [...groups.values()].map((group) => {
    const of = new Map<PeriodName, Cell>(group.map((cell) => [cell.period, cell]))
    return {
      question: group[0]!.question,
      filters: group[0]!.filters,
      ...Object.fromEntries(periods.map(({ name }) => [name, textOf(of.get(name))])),
      'cold, slowest': Math.round(Math.max(...group.map(({ coldMs }) => coldMs))),
    }
  })
}

const textOf = (cell: Cell | undefined): string =>
  cell ? `${Math.round(cell.p50Ms)} / ${Math.round(cell.p95Ms)}${reached(cell) ? '' : ' ✗'}` : ''

/** How many reach their target, what was not measured (once a question and reason), and how much is stored. */
export function summaryOf(cells: readonly Cell[], notMeasured: readonly NotMeasured[], sizes: Sizes): string[] {
  const refused = Map.groupBy(notMeasured, ({ question, why }) => `${question}: ${why}`)
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`
  return [
    `${cells.filter(reached).length} of ${cells.length} reach their target: p95 within 300 ms, 1 s with filters`,
    ...[...refused].map(([what, group]) => `not measured ${group.length} times: ${what}`),
    `${sizes.events.toLocaleString('en')} events, ${gigabytes(sizes.database)}, ${Math.round(sizes.bytesPerEvent)} bytes an event with all indexes`,
    ...sizes.tables.map(({ name, bytes }) => `  ${name}: ${gigabytes(bytes)}`),
  ]
}
