import { cutText } from './cut-text.ts'
import { cutUrl } from './cut-url.ts'
import type { Draft } from './draft.ts'

/** Paths are keys of rollups, and an index entry of Postgres ends at 2,704 bytes; `page_url` keeps the whole address. */
const pathBytesMax = 1024

/** Finds path, host and query of the page. */
export function putPage({ visit, found }: Draft): void {
  const parts = visit.url === '' ? undefined : cutUrl(visit.url)
  if (parts === undefined) return
  found.pagePath = cutText(parts.path, pathBytesMax)
  found.pageHost = parts.host
  found.pageQuery = parts.query
}
