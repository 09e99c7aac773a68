import { base64Of, type Column, columns, type EventCells, isoTime } from './columns.ts'
import { type Encoder, lines } from './encoder.ts'

const keys = columns.map(({ name }, at) => `${at === 0 ? '{' : ','}${JSON.stringify(name)}:`)

/** One JSON object a line; a column without a value is left out. */
export const ndjson = (): Encoder => lines('', lineOf)

function lineOf(cells: EventCells): string {
  let line = ''
  // The first column is the company's id, which no event is without, so the brace is always there.
  for (let at = 0; at < columns.length; at++) {
    const cell = cells[at]
    if (cell !== null && cell !== undefined) line += keys[at]! + jsonOf(columns[at]!, cell)
  }
  return `${line}}\n`
}

function jsonOf({ kind }: Column, cell: string): string {
  switch (kind) {
    case 'text':
      return JSON.stringify(cell)
    case 'time':
      return `"${isoTime(cell)}"`
    case 'boolean':
      return cell === 't' ? 'true' : 'false'
    case 'bytes':
      return `"${base64Of(cell)}"`
    default:
      // As Postgres has it, so that no digit is lost.
      return cell
  }
}
