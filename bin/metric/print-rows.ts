import { csvText } from '../../gateway/export/csv.ts'
import type { JsonAnswer } from './print.ts'

const formats = ['csv', 'ndjson'] as const

/** How an answer's rows are printed for another program. */
export type RowFormat = (typeof formats)[number]

/** @throws Error listing the formats */
export function readRowFormat(written: string): RowFormat {
  const found = formats.find((format) => format === written)
  if (found) return found
  throw new Error(`--format: "${written}" is none of ${formats.join(', ')}`)
}

/** The rows of an answer's first list, or where it has none its figures as one row. */
export function printRows(answer: JsonAnswer, format: RowFormat): string {
  const rows = rowsOf(answer)
  if (format === 'ndjson') return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))]
  return lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')
}

function rowsOf(answer: JsonAnswer): readonly JsonAnswer[] {
  const values = Object.entries(answer).filter(([name]) => !/meta$/i.test(name))
  const list = values.find(([, value]) => Array.isArray(value))
  return list ? (list[1] as JsonAnswer[]) : [Object.fromEntries(values)]
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return csvText(typeof value === 'string' ? value : JSON.stringify(value))
}
