import type { ReactNode } from 'react'
import { Panel } from './panel.tsx'
import { Empty, Problem, SkeletonRows } from './states.tsx'
import { type Column, Table } from './table.tsx'

/** What of an answer such a list shows. */
export interface Listed<Row> {
  /** Absent: they are on their way. */
  readonly rows: readonly Row[] | undefined
  readonly error?: unknown
  readonly refetch?: () => unknown
}

/** A table of things that were made: their skeleton, what went wrong, what to do where there are none, or the rows. */
export function ListPanel<Row>({
  label,
  title,
  list: { rows, error, refetch },
  none,
  columns,
  keyOf,
  onOpen,
}: {
  label: string
  /** Shown above; absent where the screen's own heading says it. */
  title?: string
  list: Listed<Row>
  none: { readonly title: string; readonly note: ReactNode }
  columns: readonly Column<Row>[]
  keyOf: (row: Row) => string
  onOpen: (row: Row) => void
}) {
  return (
    <Panel label={label} title={title}>
      {error !== null && error !== undefined && (
        <Problem error={error} {...(refetch && { onRetry: () => void refetch() })} />
      )}
      {!rows && !error && (
        <div className="p-4">
          <SkeletonRows rows={4} height={36} />
        </div>
      )}
      {rows?.length === 0 && <Empty title={none.title}>{none.note}</Empty>}
      {rows && rows.length > 0 && <Table label={label} columns={columns} rows={rows} keyOf={keyOf} onOpen={onOpen} />}
    </Panel>
  )
}
