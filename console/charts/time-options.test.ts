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
