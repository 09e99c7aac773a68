import { Delivery, isHidden, type Keep } from './delivery.ts'
import { listed, type TrackerOptions, usualAuto } from './options.ts'
import { followPages, type Whereabouts } from './pages.ts'
import { createPermission } from './permission.ts'
import type { Entry } from './queue.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { type Guard, telling } from './telling.ts'

/** What a page may ask of the tracker. Nothing here throws. */
export interface Tracker {
  /** Records an event of this name. `properties` is anything that JSON can say. */
  track(name: string, properties?: object): void
  /** Records a view of the present page. */
  page(properties?: object): void
  /** Says who is signed in, for the events from now on; nothing: nobody. It is not kept beyond the page. */
  identify(userId?: string): void
  /** Says which variant of an experiment is shown, for the events from now on. */
  experiment(id: string, variant: string): void
  /** Records nothing in this browser until `optIn`, and forgets what was kept. */
  optOut(): void
  /** Takes the visitor's `optOut` back. */
  optIn(): void
  /** Allows recording where it waits for consent; `false` ends it and forgets what was kept. */
  consent(given: boolean): void
  /** Sends what waits. */
  flush(): void
}

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

/** A call the page made before the tracker was there: the function's name, its arguments, and the time in ms since 1970. */
export type Call = readonly [name: keyof Tracker, given: ArrayLike<unknown>, atMs?: number]

/** A tracker that also takes calls in the form they wait in. */
export interface CalledTracker extends Tracker {
  readonly q: { push(call: Call): void }
}

/** Starts a tracker, after the calls made so far; it begins to record as soon as it may. */
export function startTracker(options: TrackerOptions, parts: Parts, calls: readonly Call[] = []): CalledTracker {
  const { say, guard } = telling(options.debug)
  const url = `${options.endpoint.replace(/\/+$/, '')}/v1/events?key=${encodeURIComponent(options.key)}`
  const delivery = new Delivery(url, say)
  const permission = createPermission(options)
  const kinds = listed(options.auto ?? usualAuto)
  let follow: (() => Whereabouts) | undefined
  let active = false
  let callMs: number | undefined
  const whereabouts = () => follow?.() ?? { url: location.href, referrer: document.referrer }
  const recorder = createRecorder({ options, permission, delivery, whereabouts, say, guard })
  const { record } = recorder
  const view = (atMs: number): Entry | undefined | false =>
    kinds.includes('page') && record({ pageView: {} }, undefined, atMs)

  const begin = (): void => {
    const why = permission.refusal()
    if (why) return say('does nothing:', why)
    if (active) return
    active = true
    const first = view(Date.now())
    if (follow) return
    if (first) measureLoad(first, delivery, guard)
    follow = followPages(view, guard)
    listenForEnd(delivery, whereabouts, guard)
    if (options.storage === 'local') {
      parts.keep().then(({ openKeep }) => delivery.keepIn(openKeep(options.key)), say).catch(say)
    }
    const others = kinds.filter((kind) => kind !== 'page')
    if (others[0]) parts.auto().then(({ capture }) => capture({ record, guard }, others), say).catch(say)
  }
  const end = (): void => {
    active = false
    recorder.forget()
  }
  const tracker = guarded(guard, {
    track: (name: string, properties?: object) => record({ custom: { name: String(name ?? '') } }, properties, callMs),
    page: (properties?: object) => record({ pageView: {} }, properties, callMs),
    identify: recorder.identify,
    experiment: recorder.experiment,
    optOut() {
      permission.optOut(true)
      end()
    },
    optIn() {
      permission.optOut(false)
      begin()
    },
    consent(given: boolean) {
      permission.consent(given)
      if (given) begin()
      else end()
    },
    flush: () => delivery.flush(),
  })
  const push = ([name, given, atMs]: Call): void => {
    callMs = atMs
    ;(tracker[name] as ((...words: unknown[]) => void) | undefined)?.(...Array.from(given))
    callMs = undefined
  }
  calls.forEach(push)
  const { prerendering } = document as Document & { prerendering?: boolean }
  if (prerendering) document.addEventListener('prerenderingchange', () => guard(begin))
  else guard(begin)
  return { ...tracker, q: { push } }
}

/** The same functions, which tell a failure to nobody but a developer and answer nothing. */
function guarded(guard: Guard, functions: { [N in keyof Tracker]: (...given: never[]) => unknown }): Tracker {
  const entries = Object.entries(functions).map(([name, act]) => [
    name,
    (...given: never[]) => void guard(() => act(...given)),
  ])
  return Object.fromEntries(entries) as Tracker
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
