/** English words of the screen of users. */
export const words = {
  title: 'Users',
  note: 'Visitors are known by a browser, users have signed in.',
  visitors: 'Visitors',
  users: 'Signed-in users',
  day: 'Last day',
  week: 'Last 7 days',
  month: 'Last 30 days',
  stickiness: 'Stickiness',
  stickinessNote: 'of the month, there on its last day',
  fresh: 'New and returning',
  newVisitors: 'New',
  returning: 'Returning',
  signups: 'Signed up',
  churn: 'Who stays away',
  churnNote: 'At the end of the period, by when they were last seen.',
  states: {
    active: 'Active, under 7 days',
    soft: 'Fading, 7 to 13 days',
    churned: 'Gone, 14 to 29 days',
    hard: 'Lost, 30 days and more',
  },
} as const
