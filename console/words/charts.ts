/** English words of charts. */
export const words = {
  chartOf: (name: string) => `Chart: ${name}. Arrow keys move through the intervals.`,
  pickedFrom: (name: string) => `Chart: ${name}. Arrow keys move through the intervals, Enter adds a note.`,
  notYet: 'not yet',
  stillComing: 'Still coming in',
} as const
