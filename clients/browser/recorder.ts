import type { Delivery } from './delivery.ts'
import { type Action, eventOf } from './event.ts'
import { fits, listed, type TrackerOptions } from './options.ts'
import type { Whereabouts } from './pages.ts'
import type { Permission } from './permission.ts'
import { bytesOf, type Entry, mostBatchBytes } from './queue.ts'
import type { Guard, Say } from './telling.ts'
import { uuid7 } from './uuid.ts'
import { createVisit } from './visit.ts'

/** Makes events of what happens, and hands them over to be sent. */
export interface Recorder {
  /** `atMs`: when it happened, in ms since 1970; absent: now. Answers what was handed over, if anything was. */
  record(action: Action, properties?: object, atMs?: number): Entry | undefined
  identify(userId: string | undefined): void
  experiment(id: string, variant: string): void
  /** Throws away what waits and what is known of the visitor. */
  forget(): void
}

export interface RecorderNeeds {
  readonly options: TrackerOptions
  readonly permission: Permission
  readonly delivery: Delivery
  /** Where the visitor is; views that still wait are told first. */
  readonly whereabouts: () => Whereabouts
  readonly say: Say
  readonly guard: Guard
}

/** The contract's bound. */
const mostExperiments = 50

export function createRecorder({ options, permission, delivery, whereabouts, say, guard }: RecorderNeeds): Recorder {
  // The page may replace it later.
  const { stringify } = JSON
  const exclude = listed(options.exclude)
  const visit = createVisit(options.storage)
  const variants = new Map<string, string>()
  let userId: string | undefined
  return {
    record(action, properties, atMs = Date.now()) {
      const why = permission.refusal() ?? (fits(exclude, location.pathname) ? 'excluded path' : '')
      if (why) {
        say('not recorded:', why)
        return
      }
      const where = whereabouts()
      const id = uuid7(atMs)
      // A full storage throws; the event is worth more than its place.
      const place = guard(() => visit.next(atMs))
      const event = eventOf(action, {
        id,
        atMs,
        place,
        userId,
        where,
        experiments: experimentsOf(variants),
        properties,
      })
      const entry: Entry = { id, body: stringify(event) }
      if (bytesOf(entry.body) > mostBatchBytes) {
        say('too large, dropped', action)
        return
      }
      delivery.add(entry)
      return entry
    },
    identify(id) {
      userId = id == null ? undefined : String(id)
    },
    experiment(id, variant) {
      if (variants.size < mostExperiments || variants.has(id)) variants.set(String(id), String(variant))
    },
    forget() {
      delivery.forget()
      visit.forget()
      userId = undefined
      variants.clear()
    },
  }
}

function experimentsOf(variants: ReadonlyMap<string, string>) {
  if (!variants.size) return undefined
  const list = [...variants].map(([experimentId, variant]) => ({ experimentId, variant }))
  // Some pages teach all arrays to write themselves otherwise.
  return Object.assign(list, { toJSON: undefined })
}
