import { uuid7 } from './uuid.ts'

/** A session ends after this long without an event, as on the server. */
const gapMs = 30 * 60_000
const sessionName = 'userflow.session'
const visitorName = 'userflow.visitor'

/** The part of an event that says whose it is and in which order. */
export interface Place {
  readonly sessionId?: string
  readonly visitorId?: string
  readonly sequence: number
}

/** Numbers events, and remembers session and visitor as far as the storage allows. */
export interface Visit {
  /** The place of the next event, which happened at this time in ms since 1970. */
  next(atMs: number): Place
  /** Takes everything of ours out of the storage. */
  forget(): void
}

/** Without a storage events are only numbered, from one at each load; the server makes sessions. */
export function createVisit(storage: 'none' | 'session' | 'local' | undefined): Visit {
  let sequence = 0
  const store = (): Storage | undefined => {
    // The getters throw where a browser forbids storage.
    try {
      return storage === 'local' ? localStorage : storage === 'session' ? sessionStorage : undefined
    } catch {
      return undefined
    }
  }
  return {
    next(atMs) {
      const kept = store()
      if (!kept) return { sequence: ++sequence }
      let [sessionId, lastMs, number] = (kept.getItem(sessionName) ?? '').split(' ')
      if (!sessionId || !(atMs - Number(lastMs) < gapMs)) {
        sessionId = uuid7(atMs)
        number = '0'
      }
      sequence = Number(number) + 1 || 1
      kept.setItem(sessionName, `${sessionId} ${atMs} ${sequence}`)
      if (storage !== 'local') return { sessionId, sequence }
      const visitorId = kept.getItem(visitorName) || uuid7(atMs)
      kept.setItem(visitorName, visitorId)
      return { sessionId, visitorId, sequence }
    },
    forget() {
      for (const name of [sessionName, visitorName]) store()?.removeItem(name)
    },
  }
}
