import type { ReactNode } from 'react'
import { words } from '../words/parts.ts'
import { formatCount, formatShare, formatShort } from './formats.ts'

/** A row of a list: what it is, how often, and what a click does. */
export interface BarRow {
  readonly key: string
  readonly name: string
  /** Before the name, such as a flag. */
  readonly mark?: ReactNode
  readonly count: number
  readonly chosen?: boolean
  /** A click does nothing. */
  readonly fixed?: boolean
}

/** Rows with bars as long as their share of the first; the text lies on the bar. */
export function BarList({
  rows,
  total,
  rowsShown,
  onChoose,
}: {
  rows: readonly BarRow[]
  /** What the shares are of; 0: no shares. */
  total: number
  /** Space is kept for so many rows. */
  rowsShown: number
  onChoose?: ((row: BarRow) => void) | undefined
}) {
  const most = Math.max(1, ...rows.map(({ count }) => count))
  return (
    <ul className="flex flex-col gap-0.5" style={{ minHeight: rowsShown * 32 }}>
      {rows.map((row) => (
        <li key={row.key}>
          <Row row={row} width={(row.count / most) * 100} total={total} onChoose={onChoose} />
        </li>
      ))}
    </ul>
  )
}

function Row({
  row,
  width,
  total,
  onChoose,
}: {
  row: BarRow
  width: number
  total: number
  onChoose: ((row: BarRow) => void) | undefined
}) {
  const name = row.name === '' ? words.none : row.name
  const inside = (
    <>
      <span
        aria-hidden="true"
        className="absolute inset-y-0 left-0 rounded bg-bar"
        style={{ width: `${width * 0.82}%` }}
      />
      <span className="relative flex min-w-0 flex-1 items-center gap-2 truncate">
        {row.mark}
        <bdi className="truncate" title={name}>
          {name}
        </bdi>
      </span>
      {total > 0 && (
        <span className="relative hidden text-xs text-muted group-hover:inline group-focus-visible:inline">
          {formatShare(row.count / total)}
        </span>
      )}
      <span className="relative w-14 text-right font-medium" title={formatCount(row.count)}>
        {formatShort(row.count)}
      </span>
    </>
  )
  const look = 'group relative flex h-[30px] w-full items-center gap-3 rounded px-2 text-left text-[13px]'
  if (!onChoose || row.fixed) return <div className={look}>{inside}</div>
  return (
    <button
      type="button"
      aria-pressed={row.chosen ?? false}
      onClick={() => onChoose(row)}
      className={`${look} hover:bg-hover aria-pressed:ring-1 aria-pressed:ring-accent`}
    >
      {inside}
    </button>
  )
}
