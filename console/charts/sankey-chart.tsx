import { SankeyChart as Sankey } from 'echarts/charts'
import { TooltipComponent } from 'echarts/components'
import { type EChartsType, use } from 'echarts/core'
import { useEffect, useRef } from 'react'
import { useTheme } from '../shell/theme.ts'
import { readColours } from './colours.ts'
import { init } from './echarts.ts'

use([Sankey, TooltipComponent])

/** Streams between columns. */
export interface Streams {
  /** `name` is unique; `column` counts from 0; a quiet node is drawn grey. */
  readonly nodes: readonly { name: string; label: string; column: number; tip: string; quiet: boolean }[]
  readonly links: readonly { source: string; target: string; value: number; tip: string }[]
}

/** The streams on a canvas, so that a stranger's text is never markup. A click says the node's name. */
export function SankeyChart({
  streams,
  height,
  onChoose,
}: {
  streams: Streams
  height: number
  onChoose: (name: string) => void
}) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType>(undefined)
  const choose = useRef(onChoose)
  const { shown } = useTheme()
  useEffect(() => {
    choose.current = onChoose
  })
  useEffect(() => {
    const made = init(box.current, undefined, { renderer: 'canvas' })
    chart.current = made
    made.on('click', ({ dataType, name }) => {
      if (dataType === 'node') choose.current(name)
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
    chart.current?.setOption(optionsOf(streams), { notMerge: true })
  }, [streams, shown])
  return <div ref={box} aria-hidden="true" style={{ height }} />
}

function optionsOf({ nodes, links }: Streams) {
  const colours = readColours()
  const labels = new Map(nodes.map(({ name, label }) => [name, label]))
  const columns = 1 + Math.max(...nodes.map(({ column }) => column))
  return {
    animation: false,
    tooltip: {
      // Drawn on the canvas: what a stranger wrote stays text.
      renderMode: 'richText',
      formatter: ({ data }: { data: { tip: string } }) => data.tip,
      backgroundColor: colours.panel,
      borderColor: colours.line,
      textStyle: { color: colours.ink, fontSize: 12 },
    },
    series: {
      type: 'sankey',
      left: 8,
      right: Math.round(90 / columns) + 100,
      top: 8,
      bottom: 8,
      nodeWidth: 10,
      nodeGap: 14,
      draggable: false,
      emphasis: { focus: 'adjacency' },
      lineStyle: { color: colours.first, opacity: 0.18, curveness: 0.5 },
      label: {
        color: colours.ink,
        fontSize: 12,
        width: 110,
        overflow: 'truncate',
        formatter: ({ name }: { name: string }) => labels.get(name) ?? '',
      },
      data: nodes.map(({ name, column, tip, quiet }) => ({
        name,
        tip,
        depth: column,
        itemStyle: { color: quiet ? colours.second : colours.first, borderWidth: 0 },
      })),
      links: [...links],
    },
  }
}
