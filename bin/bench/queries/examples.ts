import type { Subject } from './subject.ts'

/** The words that follow a question's NAME, as `npm run metric` takes them; several lists where it is measured in several ways. */
type Words = readonly (readonly string[])[]

const dimensions = 'channel referrer country browser entry_page event_type event_name page_title language property:plan'

const searchedTwice = JSON.stringify({
  rules: [
    {
      filters: [{ dimension: 'DIMENSION_EVENT_NAME', operator: 'FILTER_OPERATOR_IS', values: ['search'] }],
      atLeast: 2,
      lastDays: 14,
    },
  ],
})

/**
 * How questions are asked that need more than a period, or answer in several ways. A NAME that is not here is asked plainly,
 * and said to be not asked where that is refused.
 */
export const examples: Readonly<Record<string, (subject: Subject) => Words>> = {
  time_series: ({ timeZone }) => [
    ['--time-zone', timeZone],
    ['--time-zone', timeZone, '--interval', 'week'],
    ['--time-zone', timeZone, '--interval', 'hour'],
  ],
  breakdown: () => dimensions.split(' ').map((dimension) => ['--by', dimension]),
  session_events: ({ sessionId }) => [['--session', sessionId]],
  funnel: () => [[], ['--by', 'country'], ['--order', 'strict']],
  funnel_members: () => [['--at', '1']],
  segment_members: () => [['--segment', searchedTwice]],
  user_timeline: ({ userId }) => [['--user', userId, '--people', 'users']],
  retention: () => [
    ['--interval', 'day'],
    ['--interval', 'week'],
    ['--interval', 'month'],
  ],
}

/** All ways in which a NAME is asked, without its period and filters. */
export const waysOf = (name: string, subject: Subject): Words => examples[name]?.(subject) ?? [[]]
