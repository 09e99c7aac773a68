import { oneLine } from '../running/one-line.ts'

/** An answer in JSON, as the HTTP door gives it. */
export type JsonAnswer = Readonly<Record<string, unknown>>

const widest = 60

/** The answer as lines for a reader: its figures, its rows as a table, where they come from and how complete they are. */
export function printAnswer(answer: JsonAnswer): string[] {
  const lines: string[] = []
  for (const [name, value] of Object.entries(answer)) {
    if (/meta$/i.test(name)) continue
    if (Array.isArray(value)) lines.push('', ...printTable(name, value as JsonAnswer[]))
    else if (typeof value === 'object' && value !== null) lines.push('', ...printTable(name, [value as JsonAnswer]))
    else lines.push(`${name}  ${cell(value)}`)
  }
  return [...lines, '', ...printMeta(answer.meta as JsonAnswer | undefined)]
}

function printTable(name: string, rows: readonly JsonAnswer[]): string[] {
  if (rows.length === 0) return [`${name}: none`]
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) => column !== 'meta')
  const cells = rows.map((row) => columns.map((column) => cell(row[column])))
  const widths = columns.map((column, at) => Math.max(column.length, ...cells.map((row) => row[at]!.length)))
  const isNumber = columns.map((column) => rows.every((row) => typeof (row[column] ?? 0) === 'number'))
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => (isNumber[at] ? text.padStart(widths[at]!) : text.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd()
  return [`${name}:`, line(columns), ...cells.map(line)]
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (value === '') return '(none)'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(3)
  const text = oneLine(typeof value === 'string' ? value : JSON.stringify(value))
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text
}

function printMeta(meta: JsonAnswer | undefined): string[] {
  if (!meta) return []
  const completeTo = meta.completeTo ? `complete to ${cell(meta.completeTo)}` : 'how complete is not known'
  const plan = typeof meta.plan === 'string' && meta.plan !== '' ? ['', ...meta.plan.split('\n').map(oneLine)] : []
  return [`sql/metrics/${cell(meta.metric)}.sql, version ${cell(meta.version)}, ${completeTo}`, ...plan]
}
