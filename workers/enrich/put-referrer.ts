import { cutUrl } from './cut-url.ts'
import type { Draft } from './draft.ts'

/** Finds the host the visitor came from; a page of the same site is no referrer, but remembered as `fromInside`. */
export function putReferrer({ visit, found }: Draft): void {
  const host = visit.referrer === '' ? undefined : cutUrl(visit.referrer)?.host
  if (!host) return
  found.fromInside = host === found.pageHost
  if (!found.fromInside) found.referrerDomain = host
}
