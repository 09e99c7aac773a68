import { useSyncExternalStore } from 'react'

/** Questions about today ask for it anew as often. */
const tickMs = 60_000

const floor = (): number => Math.floor(Date.now() / tickMs) * tickMs

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, 5_000)
  return () => clearInterval(timer)
}

/** Now, in whole minutes: what is asked for stays the same within one. */
export const useMinute = (): number => useSyncExternalStore(subscribe, floor)
