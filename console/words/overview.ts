/** English words of the overview. */
export const words = {
  title: 'Overview',
  cards: {
    visitors: 'Visitors',
    sessions: 'Sessions',
    page_views: 'Page views',
    pages_per_session: 'Pages a session',
    bounce_rate: 'Bounce rate',
    duration: 'Median duration',
  },
  totals: 'Totals of the period',
  behindTotals: 'Totals',
  behindChart: 'Chart',
  chart: (name: string) => `${name} over time`,
  interval: 'Interval',
  intervals: { hour: 'Hours', day: 'Days', week: 'Weeks', month: 'Months' },
  panels: { sources: 'Sources', pages: 'Pages', places: 'Places', devices: 'Devices' },
} as const
