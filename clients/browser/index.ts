import type { TrackerOptions } from './options.ts'
import { startTracker, type Tracker } from './tracker.ts'

/** Starts a tracker in a page that is put together by a bundler. Call it once, in a browser. */
export const createTracker = (options: TrackerOptions): Tracker =>
  startTracker(options, { auto: () => import('./auto/capture.ts'), keep: () => import('./keep.ts') })

export type { Tracker, TrackerOptions }
