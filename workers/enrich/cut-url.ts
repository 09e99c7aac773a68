/** The parts of a URL that analytics groups by. */
export interface UrlParts {
  /** Lower case, without user, port and leading `www.`; empty for an address without a host such as `/pricing`. */
  readonly host: string
  /** At least `/`. As sent: neither decoded nor tidied. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
}

const scheme = /^[a-z][a-z0-9+.-]{0,30}:\/\//i
const hostname = /^(?:[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]{0,252})|\[[0-9a-f:.]{2,45}\])$/iu

/**
 * Cuts a URL by hand: `new URL` takes several microseconds, and seconds for some hostile addresses; each part here is one
 * scan. Undefined for what is no address of a page (`about:blank`, `data:…`, free text). Never throws.
 */
export function cutUrl(url: string): UrlParts | undefined {
  const pathStart = url.startsWith('/') && !url.startsWith('//') ? 0 : endOfHost(url)
  if (pathStart === undefined) return undefined
  const host = pathStart === 0 ? '' : hostOf(url, pathStart)
  if (host === undefined) return undefined
  const fragment = url.indexOf('#', pathStart)
  const end = fragment === -1 ? url.length : fragment
  const question = url.indexOf('?', pathStart)
  const pathEnd = question === -1 || question > end ? end : question
  return { host, path: url.slice(pathStart, pathEnd) || '/', query: pathEnd < end ? url.slice(pathEnd + 1, end) : '' }
}

/** Position after the host, or undefined where there is none. */
function endOfHost(url: string): number | undefined {
  const start = hostStart(url)
  if (start === undefined) return undefined
  for (let at = start; at < url.length; at++) {
    const code = url.charCodeAt(at)
    // '/', '?', '#'
    if (code === 47 || code === 63 || code === 35) return at
  }
  return url.length
}

function hostStart(url: string): number | undefined {
  if (url.startsWith('https://')) return 8
  if (url.startsWith('http://')) return 7
  return scheme.exec(url)?.[0].length
}

function hostOf(url: string, end: number): string | undefined {
  let host = url.slice(hostStart(url), end)
  const user = host.lastIndexOf('@')
  if (user !== -1) host = host.slice(user + 1)
  const port = host.lastIndexOf(':')
  if (port !== -1 && !host.endsWith(']')) host = host.slice(0, port)
  if (host.length > 253 || !hostname.test(host)) return undefined
  host = host.toLowerCase()
  return host.startsWith('www.') ? host.slice(4) : host
}
