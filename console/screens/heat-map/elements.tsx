import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { ClickedElementRow } from '../../../proto/gen/userflow/v1/pointer_pb.ts'
import { Dimension, FilterOperator } from '../../../proto/gen/userflow/v1/question_pb.ts'
import { Behind } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useLooking } from '../../view/use-view.ts'
import { words } from '../../words/heat-map.ts'
import { words as shared } from '../../words/parts.ts'

const counted = (key: 'clicks' | 'sessions' | 'rages' | 'deadClicks', name: string): Column<ClickedElementRow> => ({
  key,
  name,
  align: 'right',
  by: (row) => row[key],
  show: (row) => formatCount(row[key]),
})

const columns: readonly Column<ClickedElementRow>[] = [
  {
    key: 'element',
    name: words.element,
    grow: true,
    by: ({ element }) => element,
    show: ({ element }) => <bdi className="font-mono text-xs">{element || shared.none}</bdi>,
  },
  {
    key: 'text',
    name: words.text,
    by: ({ text }) => text,
    show: ({ text }) => (
      <bdi className="block max-w-56 truncate" title={text}>
        {text}
      </bdi>
    ),
  },
  counted('clicks', words.clicks),
  counted('sessions', words.sessions),
  counted('rages', words.rages),
  counted('deadClicks', words.dead),
]

/** What is clicked most on a page, and where visitors lose patience. */
export function Elements({ page }: { page: string }) {
  const { question, zone } = useLooking()
  const onPage = { dimension: Dimension.PAGE, property: '', operator: FilterOperator.IS, values: [page] }
  const request = { question: { ...question, filters: [...question.filters, onPage] }, limit: 100 }
  const method = AnalyticsService.method.clickedElements
  const { data, error, refetch, isPlaceholderData } = useQuery(method, request, { placeholderData: keepPreviousData })
  const source = { id: 'elements', title: words.elements, call: callOf(method, request), meta: data?.meta, zone }
  return (
    <Panel title={words.elements} actions={<Behind source={source} />}>
      <p className="px-4 text-[13px] text-muted">{words.elementsNote}</p>
      <div className={`min-h-64 pt-2 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonRows rows={7} height={36} />}
        {data?.rows.length === 0 && <Empty title={words.empty}>{words.emptyNote}</Empty>}
        {data && data.rows.length > 0 && (
          <Table label={words.elements} columns={columns} rows={data.rows} keyOf={({ element }) => element} />
        )}
      </div>
    </Panel>
  )
}
