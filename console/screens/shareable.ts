import { type Screen, screens } from './registry.ts'

/** Screens that whoever has a shared link may open: they ask about many people at once only. */
const shared: ReadonlySet<string> = new Set([
  '/overview',
  '/pages',
  '/content',
  '/sources',
  '/journeys',
  '/heat-map',
  '/speed',
  '/funnels',
  '/experiments',
  '/retention',
])

/** Whether a view of this screen can be shared. */
export const canBeShared = ({ path }: Screen): boolean => shared.has(path)

/** The screens of the navigation for a role; with a shared link those that can be shared. */
export const screensFor = ({ role, linked }: { role: number; linked: boolean }): readonly Screen[] =>
  screens.filter((screen) => (linked ? canBeShared(screen) : screen.role === undefined || role >= screen.role))
