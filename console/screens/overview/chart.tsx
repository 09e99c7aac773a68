import { timestampMs } from '@bufbuild/protobuf/wkt'
import { lazy, Suspense, useEffect, useMemo } from 'react'
import type { TimeSeriesResponse, TimeSeriesRow } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import type { TimeLines } from '../../charts/time-lines.ts'
import { formatInterval, formatIntervalLong } from '../../parts/formats.ts'
import { SkeletonChart } from '../../parts/states.tsx'
import type { Measure } from './measures.ts'

const fetchChart = () => import('../../charts/time-chart.tsx').then(({ TimeChart }) => ({ default: TimeChart }))
const TimeChart = lazy(fetchChart)

/** The space of the chart, also while it is fetched: nothing moves when it comes. */
const height = 300

const startMs = (row: TimeSeriesRow): number => (row.from ? timestampMs(row.from) : 0)

/** The chosen number over time. What lies in the future is not drawn. */
export function Chart({
  answer,
  measure,
  interval,
  nowMs,
}: {
  answer: TimeSeriesResponse | undefined
  measure: Measure
  interval: string
  nowMs: number
}) {
  const lines = useMemo(
    () => answer && linesOf(answer, { measure, interval, nowMs }),
    [answer, measure, interval, nowMs],
  )
  // Its code comes while the answer is on its way, and not after it.
  useEffect(() => void fetchChart().catch(() => undefined), [])
  const empty = <SkeletonChart height={height} />
  if (!lines) return empty
  return (
    <Suspense fallback={empty}>
      <TimeChart lines={lines} height={height} />
    </Suspense>
  )
}

function linesOf(answer: TimeSeriesResponse, how: { measure: Measure; interval: string; nowMs: number }): TimeLines {
  const { measure, interval, nowMs } = how
  const { rows, compared, timeZone: zone } = answer
  const begun = rows.filter((row) => startMs(row) <= nowMs)
  const open = begun.findIndex(({ incomplete }) => incomplete)
  const label = (row: TimeSeriesRow): string => formatInterval(startMs(row), { zone, interval })
  const long = (row: TimeSeriesRow): string => formatIntervalLong(startMs(row), { zone, interval })
  return {
    name: measure.name,
    labels: rows.map(label),
    longLabels: rows.map(long),
    values: rows.map((row, at) => (at < begun.length ? measure.at(row) : null)),
    incompleteFrom: open < 0 ? rows.length : open,
    compared: compared.slice(0, rows.length).map(measure.at),
    comparedLabels: compared.map(long),
    format: measure.format,
    startsMs: rows.map(startMs),
    whole: measure.whole ?? false,
  }
}
