import { Delivery, isHidden, type Keep, keepName } from './delivery.ts'
import { listed, type TrackerOptions, usualAuto } from './options.ts'
import { followPages, type Whereabouts } from './pages.ts'
import type { Permission } from './permission.ts'
import type { Entry } from './queue.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import type { Guard, Say } from './telling.ts'

/** What a part that is loaded later may do. */
export interface Capture {
  readonly record: Recorder['record']
  readonly guard: Guard
}

/** How the larger parts are loaded; only those that are needed are. */
export interface Parts {
  auto(): Promise<{ capture(into: Capture, kinds: readonly string[]): void }>
  keep(): Promise<{ openKeep(key: string): Keep }>
}

interface RecordingNeeds {
  readonly options: TrackerOptions
  readonly parts: Parts
  readonly permission: Permission
  readonly say: Say
  readonly guard: Guard
}

/** Everything that records. */
interface Recording {
  readonly record: Recorder['record']
  readonly recorder: Recorder
  readonly delivery: Delivery
  /** Records from now on, if it may; the first time it also begins to watch the page. */
  begin(): void
  /** Records no more, and forgets what is known and kept of the visitor. */
  end(): void
}

/** Puts the parts together; nothing is watched before `begin`. */
export function createRecording({ options, parts, permission, say, guard }: RecordingNeeds): Recording {
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/events?key=${encodeURIComponent(options.key)}`
  const delivery = new Delivery(url, say)
  const kinds = listed(options.auto ?? usualAuto)
  const isKept = options.storage === 'local'
  let follow: (() => Whereabouts) | undefined
  let active = false
  const whereabouts = () => follow?.() ?? { url: location.href, referrer: document.referrer }
  const recorder = createRecorder({ options, permission, delivery, whereabouts, say, guard })
  const { record } = recorder
  const view = (atMs: number): Entry | undefined | false =>
    kinds.includes('page') && record({ pageView: {} }, undefined, atMs)
  const watch = (): void => {
    follow = followPages(view, guard)
    listenForEnd(delivery, whereabouts, guard)
    const others = kinds.filter((kind) => kind !== 'page')
    if (others[0])
      parts
        .auto()
        .then(({ capture }) => capture({ record, guard }, others))
        .catch(say)
  }
  return {
    record,
    recorder,
    delivery,
    begin() {
      const why = permission.refusal()
      if (why) say('does nothing:', why)
      if (why || active) return
      active = true
      const first = view(Date.now())
      // What was withdrawn while it was loaded stays so.
      if (isKept)
        parts
          .keep()
          .then(({ openKeep }) => (active ? delivery.keepIn(openKeep(options.key)) : undefined))
          .catch(say)
      if (follow) return
      if (first) measureLoad(first, delivery, guard)
      watch()
    },
    end() {
      active = false
      recorder.forget()
      if (isKept) indexedDB.deleteDatabase(keepName)
    },
  }
}

/** Sends everything when the page may be gone in a moment, and again when the way is free. */
function listenForEnd(delivery: Delivery, settle: () => void, guard: Guard): void {
  const leave = (): void => {
    settle()
    delivery.leave()
  }
  // In the bubbling phase of the window: whoever reports at the end of a page has reported.
  addEventListener('visibilitychange', () => guard(() => (isHidden() ? leave() : delivery.flush())))
  addEventListener('pagehide', () => guard(leave))
  addEventListener('online', () => guard(() => delivery.resume()))
}

/** Adds to the first view how long the page took to load, unless that took longer than the view waits to be sent. */
function measureLoad(first: Entry, delivery: Delivery, guard: Guard): void {
  const measured = (): void => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    const loadMs = Math.round(navigation?.loadEventStart ?? 0)
    // Once it was on its way it stays what it was.
    if (first.sent !== undefined || !(loadMs > 0)) return
    first.body = first.body.replace('"pageView":{}', `"pageView":{"loadMs":${loadMs}}`)
  }
  if (document.readyState === 'complete') guard(measured)
  else
    addEventListener('load', () =>
      guard(() => {
        measured()
        delivery.flush()
      }),
    )
}
