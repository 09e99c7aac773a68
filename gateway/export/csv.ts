import { base64Of, type Column, columns, type EventCells, isoTime } from './columns.ts'
import { type Encoder, lines } from './encoder.ts'

/**
 * Beginnings by which a spreadsheet takes a cell for a formula; and the apostrophe itself, so that every cell can be read back:
 * one apostrophe at its beginning is always ours.
 */
const needsApostrophe = /^[=+\-@\t\r\n']/

/** A cell of text: a spreadsheet shows it and does nothing else with it. Empty text is `""`, what is absent is empty. */
export function csvText(text: string): string {
  const safe = needsApostrophe.test(text) ? `'${text}` : text
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180 with "\r\n" and a line of names; `continued`: without it, for a file that goes on. */
export const csv = ({ continued }: { continued: boolean }): Encoder =>
  lines(continued ? '' : `${columns.map(({ name }) => name).join(',')}\r\n`, lineOf)

function lineOf(cells: EventCells): string {
  let line = ''
  for (let at = 0; at < columns.length; at++) {
    const cell = cells[at]
    if (at > 0) line += ','
    if (cell !== null && cell !== undefined) line += cellOf(columns[at]!, cell)
  }
  return `${line}\r\n`
}

function cellOf({ kind }: Column, cell: string): string {
  switch (kind) {
    case 'text':
    case 'json':
      return csvText(cell)
    case 'time':
      return isoTime(cell)
    case 'boolean':
      return cell === 't' ? 'true' : 'false'
    case 'bytes':
      return csvText(base64Of(cell))
    default:
      return cell
  }
}
