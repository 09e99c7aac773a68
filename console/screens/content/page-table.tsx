import type { ContentRow } from '../../../proto/gen/userflow/v1/content_pb.ts'
import { formatCount, formatDuration, formatShare } from '../../parts/formats.ts'
import { type Column, Table } from '../../parts/table.tsx'
import { words } from '../../words/content.ts'
import { words as shared } from '../../words/parts.ts'
import { depthOf } from './depth.ts'

/** Pages with how each is read; what is not known is a dash and sorts last. */
export function PageTable({ rows, onOpen }: { rows: readonly ContentRow[]; onOpen: (page: string) => void }) {
  return (
    <Table
      label={words.pages}
      columns={columns}
      rows={rows}
      keyOf={({ page }) => page}
      onOpen={({ page }) => onOpen(page)}
    />
  )
}

type Of = (row: ContentRow) => number | undefined

const measured = (name: keyof typeof words.columns, of: Of, format: (value: number) => string): Column<ContentRow> => ({
  key: name,
  name: words.columns[name],
  align: 'right',
  by: (row) => of(row) ?? -1,
  show: (row) => {
    const value = of(row)
    return value === undefined ? <span className="text-muted">–</span> : format(value)
  },
})

const columns: readonly Column<ContentRow>[] = [
  {
    key: 'page',
    name: words.columns.page,
    grow: true,
    by: ({ page }) => page,
    show: ({ page }) => <bdi title={page}>{page || shared.none}</bdi>,
  },
  measured('views', ({ views }) => views, formatCount),
  measured('visitors', ({ visitors }) => visitors, formatCount),
  measured('entries', ({ entries }) => entries, formatCount),
  measured('exits', ({ exits }) => exits, formatCount),
  measured('bounce', ({ bounceRate }) => bounceRate, formatShare),
  measured('time', ({ timeOnPageSeconds }) => timeOnPageSeconds, formatDuration),
  {
    key: 'scroll',
    name: words.columns.scroll,
    align: 'right',
    by: ({ scroll }) => scroll?.medianPercent ?? -1,
    show: (row) => depthOf(row),
  },
]
