import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { timestampMs } from '@bufbuild/protobuf/wkt'
import { lazy, Suspense, useMemo } from 'react'
import { formatInterval, formatIntervalLong } from '../parts/formats.ts'
import { SkeletonChart } from '../parts/states.tsx'
import type { TimeLines } from './time-lines.ts'

const TimeChart = lazy(() => import('./time-chart.tsx').then(({ TimeChart }) => ({ default: TimeChart })))

/** The space of the chart, also while it is fetched: nothing moves when it comes. */
const height = 248

/** An interval of an answer. */
interface IntervalRow {
  readonly from?: Timestamp | undefined
  readonly incomplete: boolean
}

/** What of the rows is drawn. */
export interface Plotted<Row> {
  readonly name: string
  /** null: there is none. */
  readonly at: (row: Row) => number | null
  readonly format: (value: number) => string
  readonly whole?: boolean
}

/** One number of an answer's intervals over time. What lies in the future is not drawn. */
export function RowsChart<Row extends IntervalRow>({
  answer,
  plotted,
  interval,
  nowMs,
}: {
  /** Absent: it is on its way. */
  answer: { readonly rows: readonly Row[]; readonly timeZone: string } | undefined
  plotted: Plotted<Row>
  interval: string
  nowMs: number
}) {
  const lines = useMemo(
    () => answer && linesOf(answer, { plotted, interval, nowMs }),
    [answer, plotted, interval, nowMs],
  )
  const empty = <SkeletonChart height={height} />
  return <Suspense fallback={empty}>{lines ? <TimeChart lines={lines} height={height} /> : empty}</Suspense>
}

function linesOf<Row extends IntervalRow>(
  { rows, timeZone: zone }: { readonly rows: readonly Row[]; readonly timeZone: string },
  { plotted, interval, nowMs }: { plotted: Plotted<Row>; interval: string; nowMs: number },
): TimeLines {
  const startMs = ({ from }: Row): number => (from ? timestampMs(from) : 0)
  const open = rows.findIndex(({ incomplete }) => incomplete)
  return {
    name: plotted.name,
    labels: rows.map((row) => formatInterval(startMs(row), { zone, interval })),
    longLabels: rows.map((row) => formatIntervalLong(startMs(row), { zone, interval })),
    values: rows.map((row) => (startMs(row) > nowMs ? null : plotted.at(row))),
    incompleteFrom: open < 0 ? rows.length : open,
    compared: [],
    comparedLabels: [],
    format: plotted.format,
    startsMs: rows.map(startMs),
    whole: plotted.whole ?? false,
  }
}
