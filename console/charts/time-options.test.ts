import { expect, test } from 'vitest'
import type { TimeLines } from './time-lines.ts'
import { timeOptions } from './time-options.ts'

const colours = {
  ink: '',
  muted: '',
  line: '',
  lineStrong: '',
  panel: '',
  first: '',
  second: '',
  soft: '',
}
const lines: TimeLines = {
  name: 'Visitors',
  labels: ['Mon', 'Tue'],
  longLabels: ['Monday', 'Tuesday'],
  values: [0, 1],
  incompleteFrom: 2,
  compared: [],
  comparedLabels: [],
  format: String,
}

test('the axis of what is counted has no halves, and that of a share has', () => {
  expect(timeOptions({ ...lines, whole: true }, colours).yAxis).toMatchObject({ minInterval: 1 })
  expect(timeOptions(lines, colours).yAxis).not.toHaveProperty('minInterval')
})

test('a mark is drawn with its number only: what a stranger may have written stands in the list', () => {
  const { series } = timeOptions(lines, colours, [{ at: 3, number: 1, texts: ['<b>Release</b>'] }])
  const drawn = series.flatMap((one) => ('markLine' in one ? one.markLine.data : []))
  expect(drawn).toEqual([{ xAxis: 3, label: { formatter: '1' } }])
})
