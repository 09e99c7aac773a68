import { type ReactNode, useState } from 'react'
import { words } from '../words/parts.ts'
import { Icon } from './icon.tsx'

/** A column: how it is called, what it shows, and by what it sorts. */
export interface Column<Row> {
  readonly key: string
  readonly name: string
  readonly show: (row: Row) => ReactNode
  /** Absent: the column does not sort. */
  readonly by?: (row: Row) => number | string
  readonly align?: 'left' | 'right'
  readonly grow?: boolean
}

interface Order {
  readonly key: string
  readonly down: boolean
}

/** A table whose head sorts what is there. `onOpen` makes the first cell of each row a button. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  order: first,
  onOpen,
}: {
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  keyOf: (row: Row) => string
  order?: Order
  onOpen?: (row: Row) => void
}) {
  const [order, setOrder] = useState<Order | undefined>(first)
  const sorted = order ? sort(rows, { columns, order }) : rows
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="overflow-x-auto" tabIndex={0}>
      <table aria-label={label} className="w-full text-[13px]">
        <thead>
          <tr className="border-b border-line text-xs text-muted">
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} order={order} onOrder={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)} className="border-b border-line last:border-0 hover:bg-hover">
              {columns.map((column, at) => (
                <Cell key={column.key} column={column} row={row} onOpen={at === 0 ? onOpen : undefined} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const alignment = (align: 'left' | 'right' = 'left'): string => (align === 'right' ? 'text-right' : 'text-left')

function HeadCell<Row>({
  column: { key, name, by, align, grow },
  order,
  onOrder,
}: {
  column: Column<Row>
  order: Order | undefined
  onOrder: (order: Order) => void
}) {
  const mine = order?.key === key
  const sorted = mine ? (order.down ? 'descending' : 'ascending') : undefined
  return (
    <th
      scope="col"
      aria-sort={sorted}
      className={`px-2 py-2 font-medium whitespace-nowrap first:pl-4 last:pr-4 ${alignment(align)} ${grow ? 'w-full' : ''}`}
    >
      {by ? (
        <button
          type="button"
          title={words.sortBy(name)}
          onClick={() => onOrder({ key, down: mine ? !order.down : true })}
          className="inline-flex items-center gap-1 hover:text-ink"
        >
          {name}
          {mine && <Icon name={order.down ? 'fall' : 'up'} size={11} />}
        </button>
      ) : (
        name
      )}
    </th>
  )
}

function Cell<Row>({
  column,
  row,
  onOpen,
}: {
  column: Column<Row>
  row: Row
  onOpen: ((row: Row) => void) | undefined
}) {
  const { align, grow, show } = column
  const width = grow ? 'w-full max-w-0 min-w-40 truncate' : 'max-w-60 truncate whitespace-nowrap'
  return (
    <td className={`h-9 px-2 first:pl-4 last:pr-4 ${alignment(align)} ${width}`}>
      {onOpen ? (
        <button
          type="button"
          onClick={() => onOpen(row)}
          className="max-w-full truncate text-left text-accent-ink hover:underline"
        >
          {show(row)}
        </button>
      ) : (
        show(row)
      )}
    </td>
  )
}

function sort<Row>(
  rows: readonly Row[],
  { columns, order }: { columns: readonly Column<Row>[]; order: Order },
): readonly Row[] {
  const by = columns.find(({ key }) => key === order.key)?.by
  if (!by) return rows
  const sign = order.down ? -1 : 1
  return rows.toSorted((a, b) => {
    const [left, right] = [by(a), by(b)]
    return sign * (typeof left === 'string' ? left.localeCompare(String(right)) : left - Number(right))
  })
}
