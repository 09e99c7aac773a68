/** English names of the screens, as the navigation shows them. */
export const names = {
  overview: 'Overview',
  live: 'Live',
  pages: 'Pages',
  content: 'Content',
  sources: 'Sources',
  journeys: 'Journeys',
  heatMap: 'Heat map',
  speed: 'Speed',
  users: 'Users',
  sessions: 'Sessions',
  retention: 'Retention',
  funnels: 'Funnels',
  cohorts: 'Cohorts',
  experiments: 'Experiments',
  events: 'Events',
  pipeline: 'Pipeline',
  contracts: 'Contracts',
  sites: 'Sites and keys',
  team: 'Team',
  settings: 'Settings',
} as const

/** What the plain tables are for. */
export const notes = {
  pages:
    'Every page with its visitors, entries, exits and the time spent on it. A click filters everything by the page; Content tells how each is read.',
  sources: 'Where visitors come from. A click filters everything by the source.',
} as const
