import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { TopPath } from '../../../proto/gen/userflow/v1/journeys_pb.ts'
import { Behind } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatCount, formatShare } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Problem, SkeletonRows } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useLooking } from '../../view/use-view.ts'
import { stepWords, words } from '../../words/journeys.ts'
import type { Chosen } from './chosen.ts'

/** The paths most sessions took, in words. */
export function TopPaths({ chosen }: { chosen: Chosen }) {
  const { question, zone } = useLooking()
  const request = { question, ...chosen, limit: 50 }
  const method = AnalyticsService.method.topPaths
  const { data, error, refetch, isPlaceholderData } = useQuery(method, request, { placeholderData: keepPreviousData })
  const source = { id: 'paths', title: words.top, call: callOf(method, request), meta: data?.meta, zone }
  return (
    <Panel title={words.top} actions={<Behind source={source} />}>
      <div className={`min-h-64 pt-2 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <SkeletonRows rows={7} height={36} />}
        {data?.rows.length === 0 && <Empty title={words.empty}>{words.emptyNote}</Empty>}
        {data && data.rows.length > 0 && (
          <Table label={words.top} columns={columnsOf(data.sessions)} rows={data.rows} keyOf={keyOf} />
        )}
      </div>
    </Panel>
  )
}

const keyOf = ({ steps }: TopPath): string => JSON.stringify(steps.map(({ kind, value }) => [kind, value]))

const columnsOf = (sessions: number): Column<TopPath>[] => [
  { key: 'path', name: words.path, grow: true, show: ({ steps }) => <Path steps={steps} /> },
  {
    key: 'sessions',
    name: words.sessions,
    align: 'right',
    by: (row) => row.sessions,
    show: (row) => formatCount(row.sessions),
  },
  { key: 'share', name: words.share, align: 'right', show: (row) => formatShare(row.sessions / Math.max(1, sessions)) },
  { key: 'ended', name: words.ended, align: 'right', by: (row) => row.ended, show: (row) => formatCount(row.ended) },
]

function Path({ steps }: { steps: TopPath['steps'] }) {
  return steps.map((step, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
    <span key={at}>
      {at > 0 && <span className="text-muted"> → </span>}
      <bdi>{stepWords(step)}</bdi>
    </span>
  ))
}
