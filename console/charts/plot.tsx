import type { EChartsType } from 'echarts/core'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTheme } from '../shell/theme.ts'
import { words } from '../words/charts.ts'
import { readColours } from './colours.ts'
import { init } from './echarts.ts'
import type { Mark, TimeLines } from './time-lines.ts'
import { timeOptions } from './time-options.ts'

interface PlotOf {
  readonly lines: TimeLines
  readonly marks: readonly Mark[]
  readonly height: number
  /** Absent: there is nothing to pick it for. */
  readonly onPick?: ((at: number) => void) | undefined
}

/**
 * The lines and the marks on them. The pointer or the arrow keys choose an interval, whose numbers are shown above it and said;
 * Enter or a double click picks it.
 */
export function Plot({ lines, marks, height, onPick }: PlotOf) {
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
    chart.current?.setOption(timeOptions(lines, readColours(), marks), { notMerge: true })
  }, [lines, marks, shown])
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && onPick) {
      event.preventDefault()
      onPick(at ?? lines.labels.length - 1)
    }
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
        aria-label={onPick ? words.pickedFrom(lines.name) : words.chartOf(lines.name)}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, lines.labels.length - 1)}
        aria-valuenow={at ?? lines.labels.length - 1}
        aria-valuetext={textAt(lines, marks, at ?? lines.labels.length - 1)}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onDoubleClick={() => at !== undefined && onPick?.(at)}
        onPointerLeave={() => setAt(undefined)}
        className="rounded-md"
      >
        <div ref={box} aria-hidden="true" style={{ height }} />
      </div>
      {at !== undefined && <Tip lines={lines} marks={marks} at={at} />}
    </div>
  )
}

/** What a screen reader says of an interval. */
function textAt({ longLabels, values, format }: TimeLines, marks: readonly Mark[], at: number): string {
  const value = values[at]
  const said = `${longLabels[at] ?? ''}: ${value === null || value === undefined ? words.notYet : format(value)}`
  return [said, ...textsAt(marks, at)].join('. ')
}

const textsAt = (marks: readonly Mark[], at: number): readonly string[] =>
  marks.find((mark) => mark.at === at)?.texts ?? []

function Tip({ lines, marks, at }: { lines: TimeLines; marks: readonly Mark[]; at: number }) {
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
      {textsAt(marks, at).map((text, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two notes may say the same
        <p key={place} className="mt-1 max-w-72 border-t border-line pt-1 break-words">
          <bdi>{text}</bdi>
        </p>
      ))}
      {at >= incompleteFrom && value !== null && <p className="mt-1 text-muted">{words.stillComing}</p>}
    </div>
  )
}
