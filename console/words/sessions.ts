/** English words of sessions. */
export const words = {
  title: 'Sessions',
  note: 'The latest begun first. Open one to see every event of it, in order.',
  columns: {
    who: 'Visitor',
    started: 'Started',
    duration: 'Duration',
    pages: 'Pages',
    events: 'Events',
    entry: 'Entry page',
    exit: 'Exit page',
    source: 'Source',
    place: 'Place',
    device: 'Device',
  },
  more: 'Show more',
  last: 'These are all',
  one: 'Session',
  bounced: 'bounced',
  anonymous: (id: string) => `Visitor ${id}`,
  events: 'Events of the session',
  lost: 'No events of such a session are kept.',
} as const
