/** English names of the screens, as the navigation shows them. */
export const names = {
  overview: 'Overview',
  live: 'Live',
  pages: 'Pages',
  sources: 'Sources',
  users: 'Users',
  sessions: 'Sessions',
  retention: 'Retention',
  pipeline: 'Pipeline',
  contracts: 'Contracts',
  sites: 'Sites and keys',
} as const
