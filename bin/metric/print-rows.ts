import { parquetWriteBuffer } from 'hyparquet-writer'
import { csvText } from '../../gateway/export/csv.ts'
import type { JsonAnswer } from './print.ts'

const formats = ['csv', 'ndjson', 'parquet'] as const

/** How an answer's rows are printed for another program. */
export type RowFormat = (typeof formats)[number]

/** @throws Error listing the formats */
export function readRowFormat(written: string): RowFormat {
  const found = formats.find((format) => format === written)
  if (found) return found
  throw new Error(`--format: "${written}" is none of ${formats.join(', ')}`)
}

/** The rows of an answer's first list, or where it has none its figures as one row. */
export function printRows(answer: JsonAnswer, format: RowFormat): string | Uint8Array {
  const rows = rowsOf(answer)
  if (format === 'parquet') return parquetOf(rows)
  if (format === 'ndjson') return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  const columns = columnsOf(rows)
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))]
  return lines.map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('')
}

function rowsOf(answer: JsonAnswer): readonly JsonAnswer[] {
  const values = Object.entries(answer).filter(([name]) => !/meta$/i.test(name))
  const list = values.find(([, value]) => Array.isArray(value))
  return list ? (list[1] as JsonAnswer[]) : [Object.fromEntries(values)]
}

const columnsOf = (rows: readonly JsonAnswer[]): string[] => [...new Set(rows.flatMap((row) => Object.keys(row)))]

/** A column of numbers is one of doubles, as the answer's own are; one of true and false is boolean; whatever else there is, text. */
function parquetOf(rows: readonly JsonAnswer[]): Uint8Array {
  const columnData = columnsOf(rows).map((name) => {
    const values = rows.map((row) => row[name] ?? undefined)
    const given = values.filter((value) => value !== undefined)
    const all = (kind: string): boolean => given.length > 0 && given.every((value) => typeof value === kind)
    if (all('number')) return { name, data: values, type: 'DOUBLE' as const }
    if (all('boolean')) return { name, data: values, type: 'BOOLEAN' as const }
    return { name, data: values.map(textOf), type: 'STRING' as const }
  })
  return new Uint8Array(parquetWriteBuffer({ columnData }))
}

const textOf = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value)

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return csvText(typeof value === 'string' ? value : JSON.stringify(value))
}
