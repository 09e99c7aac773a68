import { timestampMs } from '@bufbuild/protobuf/wkt'
import { useQuery } from '@connectrpc/connect-query'
import { keepPreviousData } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { AnalyticsService } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { FunnelTrendResponse, FunnelTrendRow } from '../../../proto/gen/userflow/v1/funnels_pb.ts'
import type { TimeLines } from '../../charts/time-lines.ts'
import { Behind } from '../../parts/behind.tsx'
import { callOf } from '../../parts/curl.ts'
import { formatInterval, formatIntervalLong, formatShare } from '../../parts/formats.ts'
import { Panel } from '../../parts/panel.tsx'
import { Problem, SkeletonChart } from '../../parts/states.tsx'
import { useLooking } from '../../view/use-view.ts'
import { intervalOf } from '../../view/view.ts'
import { words } from '../../words/funnels.ts'
import { definitionOf, type Way } from './way.ts'

const TimeChart = lazy(() => import('../../charts/time-chart.tsx').then(({ TimeChart }) => ({ default: TimeChart })))

const height = 248

/** How the share of those who reach the last step changes, by when they entered. */
export function Trend({ way }: { way: Way }) {
  const { question, zone, interval, nowMs } = useLooking()
  const request = { question, funnel: definitionOf(way), interval: intervalOf(interval) }
  const { data, error, refetch, isPlaceholderData } = useQuery(AnalyticsService.method.funnelTrend, request, {
    placeholderData: keepPreviousData,
  })
  const lines = useMemo(() => data && linesOf(data, { interval, nowMs }), [data, interval, nowMs])
  const call = callOf(AnalyticsService.method.funnelTrend, request)
  const empty = <SkeletonChart height={height} />
  return (
    <Panel
      title={words.trend}
      actions={<Behind source={{ id: 'funnel-trend', title: words.trend, call, meta: data?.meta, zone }} />}
    >
      <div className={`px-4 pb-3 ${isPlaceholderData ? 'opacity-60' : ''}`}>
        <p className="text-xs text-muted">{words.trendOf}</p>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!error && <Suspense fallback={empty}>{lines ? <TimeChart lines={lines} height={height} /> : empty}</Suspense>}
      </div>
    </Panel>
  )
}

const startMs = (row: FunnelTrendRow): number => (row.from ? timestampMs(row.from) : 0)

function linesOf(answer: FunnelTrendResponse, { interval, nowMs }: { interval: string; nowMs: number }): TimeLines {
  const { rows, timeZone: zone } = answer
  const open = rows.findIndex(({ incomplete }) => incomplete)
  return {
    name: words.trend,
    labels: rows.map((row) => formatInterval(startMs(row), { zone, interval })),
    longLabels: rows.map((row) => formatIntervalLong(startMs(row), { zone, interval })),
    // Where nobody entered there is no share.
    values: rows.map((row) => (row.entered === 0 || startMs(row) > nowMs ? null : row.converted / row.entered)),
    incompleteFrom: open < 0 ? rows.length : open,
    compared: [],
    comparedLabels: [],
    format: formatShare,
    startsMs: rows.map(startMs),
  }
}
