import { Dimension } from '../../proto/gen/userflow/v1/question_pb.ts'

/** English words of breakdowns. */
export const words = {
  visitors: 'Visitors',
  sessions: 'Sessions',
  events: 'Events',
  pageViews: 'Page views',
  bounce: 'Bounce rate',
  duration: 'Duration',
  entries: 'Entries',
  exits: 'Exits',
  timeOnPage: 'Time on page',
  share: 'Share',
  values: (count: string) => `${count} values`,
  expand: (name: string) => `All of ${name.toLowerCase()}`,
  showing: (shown: string, all: string) => `The first ${shown} of ${all}`,
}

/** Short names of dimensions, for the tabs of a panel whose title says the rest. */
export const tabWords: Partial<Record<Dimension, string>> = {
  [Dimension.PAGE]: 'Pages',
  [Dimension.ENTRY_PAGE]: 'Entry',
  [Dimension.EXIT_PAGE]: 'Exit',
  [Dimension.PAGE_TITLE]: 'Titles',
  [Dimension.CHANNEL]: 'Channels',
  [Dimension.REFERRER]: 'Referrers',
  [Dimension.UTM_SOURCE]: 'UTM source',
  [Dimension.UTM_MEDIUM]: 'Medium',
  [Dimension.UTM_CAMPAIGN]: 'Campaign',
  [Dimension.UTM_TERM]: 'Term',
  [Dimension.UTM_CONTENT]: 'Content',
  [Dimension.COUNTRY]: 'Countries',
  [Dimension.REGION]: 'Regions',
  [Dimension.CITY]: 'Cities',
  [Dimension.DEVICE]: 'Devices',
  [Dimension.BROWSER]: 'Browsers',
  [Dimension.OS]: 'Systems',
  [Dimension.SCREEN]: 'Screens',
  [Dimension.LANGUAGE]: 'Languages',
  [Dimension.EVENT_NAME]: 'Names',
  [Dimension.EVENT_TYPE]: 'Types',
}
