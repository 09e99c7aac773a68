import type { TrackerOptions } from './options.ts'
import type { Parts } from './recording.ts'
import { type Call, startTracker } from './tracker.ts'

// The entry of /tracker.js: reads its own tag and puts the tracker where pages look for it.

/** Names of the larger parts, beside this script; put in when it is built. */
declare const autoPart: string
declare const keepPart: string

interface Page {
  userflow?: { q?: readonly Call[] | { push(call: Call): void } }
}

const page = window as unknown as Page
const script = (document.currentScript ?? document.querySelector('script[data-key]')) as HTMLScriptElement | null
const calls = page.userflow?.q ?? []

// A page that loads it twice has one tracker.
if (script && Array.isArray(calls)) {
  const part = (name: string): Promise<never> => import(new URL(name, script.src).href) as Promise<never>
  const parts: Parts = { auto: () => part(autoPart), keep: () => part(keepPart) }
  const options = { endpoint: new URL('.', script.src).href, ...script.dataset } as unknown as TrackerOptions
  try {
    page.userflow = startTracker(options, parts, calls as readonly Call[])
  } catch {
    // Nothing of ours may disturb the page; in a browser this old nothing is recorded.
  }
}
