/** English words of retention. */
export const words = {
  title: 'Retention',
  note: 'Of the visitors who came first in a period, how many were active again later. Days are those of each site; with a filter, those of the time zone shown.',
  by: 'Cut by',
  intervals: { day: 'Days', week: 'Weeks', month: 'Months' },
  units: { day: 'Day', week: 'Week', month: 'Month' },
  cohort: 'First seen',
  visitors: 'Visitors',
  returned: 'Came back',
  all: 'All',
  empty: 'No new visitors in this period',
} as const
