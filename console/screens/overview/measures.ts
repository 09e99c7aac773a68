import type { TimeSeriesRow } from '../../../proto/gen/userflow/v1/analytics_pb.ts'
import {
  type Change,
  changeOf,
  formatCount,
  formatDuration,
  formatRatio,
  formatShare,
  formatShort,
} from '../../parts/formats.ts'
import { words } from '../../words/overview.ts'

/** The totals that a card shows, of either period. */
export interface Totals {
  readonly visitors: number
  readonly sessions: number
  readonly pageViews: number
  readonly pagesPerSession: number
  readonly bounceRate: number
  readonly medianDurationSeconds: number
}

/** A card: its number, of the period and of an interval. */
export interface Measure {
  readonly key: keyof typeof words.cards
  readonly name: string
  readonly of: (totals: Totals) => number
  readonly at: (row: TimeSeriesRow) => number
  readonly format: (value: number) => string
  /** As exact as it gets. */
  readonly exact: (value: number) => string
  readonly change: (now: number, before: number) => Change
  readonly goodWhen: 'up' | 'down'
  /** There are no halves of it. */
  readonly whole?: boolean
}

const relative = (now: number, before: number): Change => changeOf(now, before)
const counting = { format: formatShort, exact: formatCount, change: relative, goodWhen: 'up', whole: true } as const

/** The six cards of the overview. */
export const measures: readonly Measure[] = [
  {
    key: 'visitors',
    name: words.cards.visitors,
    of: ({ visitors }) => visitors,
    at: ({ visitors }) => visitors,
    ...counting,
  },
  {
    key: 'sessions',
    name: words.cards.sessions,
    of: ({ sessions }) => sessions,
    at: ({ sessions }) => sessions,
    ...counting,
  },
  {
    key: 'page_views',
    name: words.cards.page_views,
    of: ({ pageViews }) => pageViews,
    at: ({ pageViews }) => pageViews,
    ...counting,
  },
  {
    key: 'pages_per_session',
    name: words.cards.pages_per_session,
    of: ({ pagesPerSession }) => pagesPerSession,
    at: ({ pageViews, sessions }) => (sessions === 0 ? 0 : pageViews / sessions),
    format: formatRatio,
    exact: formatRatio,
    change: relative,
    goodWhen: 'up',
  },
  {
    key: 'bounce_rate',
    name: words.cards.bounce_rate,
    of: ({ bounceRate }) => bounceRate,
    at: ({ bounceRate }) => bounceRate,
    format: formatShare,
    exact: formatShare,
    change: (now, before) => changeOf(now, before, 'points'),
    goodWhen: 'down',
  },
  {
    key: 'duration',
    name: words.cards.duration,
    of: ({ medianDurationSeconds }) => medianDurationSeconds,
    at: ({ medianDurationSeconds }) => medianDurationSeconds,
    format: formatDuration,
    exact: formatDuration,
    change: relative,
    goodWhen: 'up',
  },
]
