import type { ComponentType } from 'react'
import type { Role } from '../../proto/gen/userflow/v1/people_pb.ts'
import type { IconName } from '../parts/icon.tsx'
import { names } from '../words/screens.ts'

/** What of the frame a screen listens to; what it does not is not shown. */
export type Control = 'site' | 'period' | 'compare' | 'filters'

/** A screen: one folder below `console/screens/` and one line here. */
export interface Screen {
  /** Its address, which begins with "/" and does not change. */
  readonly path: string
  readonly name: string
  readonly icon: IconName
  readonly group: 'traffic' | 'people' | 'data' | 'setup'
  readonly controls: readonly Control[]
  /** The least role that sees it; absent: everybody. */
  readonly role?: Role
  /** Its code, which is loaded when it is opened: `screen.tsx` with a component `Screen`. */
  readonly load: () => Promise<{ readonly Screen: ComponentType }>
}

const looked: readonly Control[] = ['site', 'period', 'filters']
const all: readonly Control[] = ['site', 'period', 'compare', 'filters']

/** Every screen, in the order of the navigation. */
export const screens: readonly Screen[] = [
  {
    path: '/overview',
    name: names.overview,
    icon: 'overview',
    group: 'traffic',
    controls: all,
    load: () => import('./overview/screen.tsx'),
  },
  {
    path: '/live',
    name: names.live,
    icon: 'live',
    group: 'traffic',
    controls: ['site', 'filters'],
    load: () => import('./live/screen.tsx'),
  },
  {
    path: '/pages',
    name: names.pages,
    icon: 'pages',
    group: 'traffic',
    controls: looked,
    load: () => import('./pages/screen.tsx'),
  },
  {
    path: '/content',
    name: names.content,
    icon: 'content',
    group: 'traffic',
    controls: looked,
    load: () => import('./content/screen.tsx'),
  },
  {
    path: '/sources',
    name: names.sources,
    icon: 'sources',
    group: 'traffic',
    controls: looked,
    load: () => import('./sources/screen.tsx'),
  },
  {
    path: '/journeys',
    name: names.journeys,
    icon: 'journeys',
    group: 'traffic',
    controls: looked,
    load: () => import('./journeys/screen.tsx'),
  },
  {
    path: '/heat-map',
    name: names.heatMap,
    icon: 'heat',
    group: 'traffic',
    controls: looked,
    load: () => import('./heat-map/screen.tsx'),
  },
  {
    path: '/speed',
    name: names.speed,
    icon: 'speed',
    group: 'traffic',
    controls: looked,
    load: () => import('./speed/screen.tsx'),
  },
  {
    path: '/users',
    name: names.users,
    icon: 'users',
    group: 'people',
    controls: looked,
    load: () => import('./users/screen.tsx'),
  },
  {
    path: '/sessions',
    name: names.sessions,
    icon: 'sessions',
    group: 'people',
    controls: looked,
    load: () => import('./sessions/screen.tsx'),
  },
  {
    path: '/funnels',
    name: names.funnels,
    icon: 'funnels',
    group: 'people',
    controls: all,
    load: () => import('./funnels/screen.tsx'),
  },
  {
    path: '/cohorts',
    name: names.cohorts,
    icon: 'cohorts',
    group: 'people',
    controls: looked,
    load: () => import('./cohorts/screen.tsx'),
  },
  {
    path: '/experiments',
    name: names.experiments,
    icon: 'experiments',
    group: 'people',
    controls: looked,
    load: () => import('./experiments/screen.tsx'),
  },
  {
    path: '/retention',
    name: names.retention,
    icon: 'retention',
    group: 'people',
    controls: looked,
    load: () => import('./retention/screen.tsx'),
  },
  {
    path: '/events',
    name: names.events,
    icon: 'events',
    group: 'data',
    controls: all,
    load: () => import('./events/screen.tsx'),
  },
  {
    path: '/pipeline',
    name: names.pipeline,
    icon: 'pipeline',
    group: 'data',
    controls: ['period'],
    load: () => import('./pipeline/screen.tsx'),
  },
  {
    path: '/contracts',
    name: names.contracts,
    icon: 'contracts',
    group: 'data',
    controls: [],
    load: () => import('./contracts/screen.tsx'),
  },
  {
    path: '/sites',
    name: names.sites,
    icon: 'sites',
    group: 'setup',
    controls: [],
    load: () => import('./sites/screen.tsx'),
  },
  {
    path: '/team',
    name: names.team,
    icon: 'team',
    group: 'setup',
    controls: [],
    load: () => import('./team/screen.tsx'),
  },
  {
    path: '/settings',
    name: names.settings,
    icon: 'settings',
    group: 'setup',
    controls: [],
    load: () => import('./settings/screen.tsx'),
  },
]
