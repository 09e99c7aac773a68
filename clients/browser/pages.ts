import type { Guard } from './telling.ts'

/** Where something happens. */
export interface Whereabouts {
  readonly url: string
  /** The page before: another site's, or the route before. */
  readonly referrer: string
}

/** A script changes the title after the address. */
const titleMs = 100

/** The address without a fragment that is only a place on the page; "#/…" and "#!…" are routes. */
const routeOf = (href: string): string => href.replace(/#(?![/!]).*$/, '')

/**
 * Follows the address, and tells each view of another route with the time it began, in ms since 1970. Answers a function
 * that tells a view which still waits for its title, and then where the visitor is.
 */
export function followPages(onView: (atMs: number) => void, guard: Guard): () => Whereabouts {
  let route = routeOf(location.href)
  let referrer = document.referrer
  let viewing: string | undefined
  let pending: (() => void) | undefined

  const whereabouts = (): Whereabouts => {
    pending?.()
    return { url: viewing ?? location.href, referrer }
  }
  const moved = (): void => {
    const { href } = location
    const now = routeOf(href)
    if (now === route) return
    pending?.()
    referrer = route
    route = now
    const atMs = Date.now()
    const timer = setTimeout(() => guard(whereabouts), titleMs)
    pending = () => {
      pending = undefined
      clearTimeout(timer)
      // The script may have moved on.
      viewing = href
      onView(atMs)
      viewing = undefined
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
  return whereabouts
}
