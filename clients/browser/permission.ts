import { fits, listed, type TrackerOptions } from './options.ts'

/** Whether visitor, browser and page let anything be recorded. */
export interface Permission {
  /** Why nothing may be recorded, if so. */
  refusal(): string | undefined
  consent(given: boolean): void
  /** Keeps the visitor's wish: the one thing that is stored without being asked for. */
  optOut(out: boolean): void
}

const optOutName = 'userflow.optout'

export function createPermission(options: TrackerOptions): Permission {
  let consented = options.consent !== 'required'
  let out = false
  const domains = listed(options.domains)
  const optedOut = (): boolean => {
    // The getter throws where a browser forbids storage.
    try {
      return localStorage.getItem(optOutName) !== null
    } catch {
      return out
    }
  }
  return {
    refusal() {
      const { globalPrivacyControl, doNotTrack } = navigator as Navigator & Record<string, unknown>
      if (!consented) return 'no consent'
      if (options.dnt !== 'ignore' && (globalPrivacyControl || doNotTrack === '1')) return 'do not track'
      if (domains[0] && !fits(domains, location.hostname)) return 'not one of the domains'
      return optedOut() ? 'opted out' : undefined
    },
    consent(given) {
      consented = given
    },
    optOut(wish) {
      out = wish
      try {
        if (wish) localStorage.setItem(optOutName, '1')
        else localStorage.removeItem(optOutName)
      } catch {
        // Then it holds for this page.
      }
    },
  }
}
