import type { Guard } from './telling.ts'

/** The page a visitor is on, followed over routes that a script changes. */
export interface Pages {
  /** Reports a view that still waits for its title, and answers the page before: another site's, or the route before. */
  settle(): string
}

/** A script changes the title after the address. */
const titleMs = 100

/** The address without a fragment that is only a place on the page; "#/…" and "#!…" are routes. */
const routeOf = (href: string): string => href.replace(/#(?![/!]).*$/, '')

/** Follows the address and tells each view of another route with the time it began, in ms since 1970. */
export function followPages(onView: (atMs: number) => void, guard: Guard): Pages {
  let route = routeOf(location.href)
  let referrer = document.referrer
  let pending: (() => void) | undefined

  const settle = (): string => {
    pending?.()
    return referrer
  }
  const moved = (): void => {
    const now = routeOf(location.href)
    if (now === route) return
    settle()
    referrer = route
    route = now
    const atMs = Date.now()
    const timer = setTimeout(() => guard(settle), titleMs)
    pending = () => {
      pending = undefined
      clearTimeout(timer)
      onView(atMs)
    }
  }
  for (const name of ['pushState', 'replaceState'] as const) {
    const original = history[name]
    history[name] = function (this: History, ...given: Parameters<History['pushState']>) {
      original.apply(this, given)
      guard(moved)
    }
  }
  for (const type of ['popstate', 'hashchange']) addEventListener(type, () => guard(moved))
  // From the back-forward cache a page returns without loading.
  addEventListener('pageshow', (event) => guard(() => event.persisted && onView(Date.now())))
  return { settle }
}
