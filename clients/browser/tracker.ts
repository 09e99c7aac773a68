import type { TrackerOptions } from './options.ts'
import { createPermission } from './permission.ts'
import { createRecording, type Parts } from './recording.ts'
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

/** A call the page made before the tracker was there: the function's name, its arguments, and the time in ms since 1970. */
export type Call = readonly [name: keyof Tracker, given: ArrayLike<unknown>, atMs?: number]

/** A tracker that also takes calls in the form they wait in. */
export interface CalledTracker extends Tracker {
  readonly q: { push(call: Call): void }
}

/** Starts a tracker, after the calls made so far; it begins to record as soon as it may. */
export function startTracker(options: TrackerOptions, parts: Parts, calls: readonly Call[] = []): CalledTracker {
  const { say, guard } = telling(options.debug)
  const permission = createPermission(options)
  const { record, recorder, delivery, begin, end } = createRecording({ options, parts, permission, say, guard })
  let callMs: number | undefined
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
