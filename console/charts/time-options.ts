import type { Colours } from './colours.ts'
import type { Mark, TimeLines } from './time-lines.ts'

/** What the chart library draws: the complete part as a line with a soft ground, the rest dashed, the compared one thin, and the marks. */
export function timeOptions(lines: TimeLines, colours: Colours, marks: readonly Mark[] = []) {
  const { values, incompleteFrom, compared } = lines
  const solid = values.map((value, at) => (at < incompleteFrom ? value : null))
  const open = values.map((value, at) => (at >= incompleteFrom - 1 ? value : null))
  const line = {
    type: 'line',
    symbol: 'circle',
    showSymbol: values.some((_, at) => isAlone(values, at)),
    symbolSize: 6,
    smooth: 0.15,
    silent: true,
  }
  const first = { width: 2, color: colours.first, cap: 'round' }
  return {
    animation: false,
    grid: {
      left: 4,
      right: 12,
      top: marks.length > 0 ? 24 : 14,
      bottom: 2,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    axisPointer: {
      show: true,
      triggerOn: 'mousemove|click',
      type: 'line',
      label: { show: false },
      lineStyle: { color: colours.lineStrong },
    },
    ...axes(lines, colours),
    series: [
      {
        ...line,
        data: compared,
        lineStyle: { width: 1.5, color: colours.second, type: [2, 3] },
        itemStyle: { color: colours.second },
        z: 1,
      },
      {
        ...line,
        data: solid,
        lineStyle: first,
        itemStyle: { color: colours.first },
        areaStyle: { color: colours.first, opacity: 0.09 },
        markLine: marksOf(marks, colours),
        z: 3,
      },
      { ...line, data: open, lineStyle: { ...first, type: [5, 5] }, itemStyle: { color: colours.first }, z: 2 },
    ],
  }
}

/** A line with its number; what it says stands in the list below, so that a stranger's text is never drawn. */
const marksOf = (marks: readonly Mark[], colours: Colours) => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: colours.muted, type: 'solid', width: 1, opacity: 1 },
  label: {
    color: colours.panel,
    backgroundColor: colours.ink,
    borderRadius: 8,
    opacity: 1,
    padding: [3, 5],
    fontSize: 10,
    lineHeight: 10,
    fontWeight: 600,
    distance: 3,
  },
  data: marks.map(({ at, number }) => ({ xAxis: at, label: { formatter: String(number) } })),
})

/** A value without a neighbour has no line, so it needs its point. */
const isAlone = (values: TimeLines['values'], at: number): boolean =>
  values[at] !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null

const axes = ({ labels, format, whole }: TimeLines, colours: Colours) => ({
  xAxis: {
    type: 'category',
    data: labels,
    boundaryGap: labels.length === 1,
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: {
      color: colours.muted,
      fontSize: 11,
      hideOverlap: true,
      margin: 10,
      alignMinLabel: 'left',
      alignMaxLabel: 'right',
    },
  },
  yAxis: {
    type: 'value',
    min: 0,
    splitNumber: 4,
    ...(whole && { minInterval: 1 }),
    axisLabel: { color: colours.muted, fontSize: 11, formatter: format, margin: 10 },
    splitLine: { lineStyle: { color: colours.line } },
  },
})
