import type { EChartsType } from 'echarts/core'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTheme } from '../shell/theme.ts'
import { words } from '../words/charts.ts'
import { readColours } from './colours.ts'
import { init } from './echarts.ts'
import type { TimeLines } from './time-lines.ts'
import { timeOptions } from './time-options.ts'

/** The chart. The pointer or the arrow keys choose an interval, whose numbers are shown above it and said. */
export function TimeChart({ lines, height }: { lines: TimeLines; height: number }) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(undefined)
  const { shown } = useTheme()
  const [at, setAt] = useState<number>()
  useEffect(() => {
    const made = init(box.current, undefined, { renderer: 'canvas' })
    chart.current = made
    made.on('updateAxisPointer', (event) => {
      const { axesInfo } = event as { axesInfo?: readonly { value: number }[] }
      setAt(axesInfo?.[0]?.value)
    })
    const watch = new ResizeObserver(() => made.resize())
    if (box.current) watch.observe(box.current)
    return () => {
      watch.disconnect()
      made.dispose()
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew when the theme changes
  useEffect(() => {
    chart.current?.setOption(timeOptions(lines, readColours()), { notMerge: true })
  }, [lines, shown])
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const next = Math.min(lines.labels.length - 1, Math.max(0, (at ?? lines.labels.length) + step))
    setAt(next)
    chart.current?.dispatchAction({ type: 'updateAxisPointer', seriesIndex: 0, dataIndex: next })
  }
  return (
    <div className="relative">
      <div
        data-arrows
        role="slider"
        aria-label={words.chartOf(lines.name)}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, lines.labels.length - 1)}
        aria-valuenow={at ?? lines.labels.length - 1}
        aria-valuetext={textAt(lines, at ?? lines.labels.length - 1)}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerLeave={() => setAt(undefined)}
        className="rounded-md"
      >
        <div ref={box} aria-hidden="true" style={{ height }} />
      </div>
      {at !== undefined && <Tip lines={lines} at={at} />}
    </div>
  )
}

/** What a screen reader says of an interval. */
function textAt({ longLabels, values, format }: TimeLines, at: number): string {
  const value = values[at]
  return `${longLabels[at] ?? ''}: ${value === null || value === undefined ? words.notYet : format(value)}`
}

function Tip({ lines, at }: { lines: TimeLines; at: number }) {
  const { labels, longLabels, values, compared, comparedLabels, format, name, incompleteFrom } = lines
  const share = labels.length < 2 ? 0.5 : at / (labels.length - 1)
  const value = values[at]
  const before = compared[at]
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none absolute top-1 z-10 min-w-44 rounded-md border border-line bg-raised px-3 py-2 text-xs shadow-lg"
      style={share > 0.5 ? { right: `${(1 - share) * 94 + 4}%` } : { left: `${share * 94 + 6}%` }}
    >
      <p className="mb-1 font-semibold">{name}</p>
      <p className="flex items-center justify-between gap-4">
        <span className="flex items-center gap-1.5">
          <span aria-hidden="true" className="h-0.5 w-3 bg-[var(--series-1)]" />
          {longLabels[at]}
        </span>
        <b>{value === null || value === undefined ? '–' : format(value)}</b>
      </p>
      {before !== undefined && (
        <p className="flex items-center justify-between gap-4 text-muted">
          <span className="flex items-center gap-1.5">
            <span aria-hidden="true" className="h-0.5 w-3 bg-[var(--series-2)]" />
            {comparedLabels[at]}
          </span>
          <b>{format(before)}</b>
        </p>
      )}
      {at >= incompleteFrom && value !== null && <p className="mt-1 text-muted">{words.stillComing}</p>}
    </div>
  )
}
