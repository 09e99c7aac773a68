import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { type Encoding, encodingOf } from './encoding.ts'
import { addressOf, type HttpRequest, type HttpResponse, headerOf, type Reply, send } from './exchange.ts'

/** Serves the script that browsers load. */
export interface TrackerFiles {
  /** Whether the path is one of the tracker's. */
  has(path: string): boolean
  serve(request: HttpRequest, response: HttpResponse): void
}

interface File {
  /** First characters of the SHA-256 of its text, as the parts are called by. */
  readonly hash: string
  readonly bodies: Readonly<Record<Encoding, Buffer>>
}

const dist = new URL('../../../clients/browser/dist/', import.meta.url)

/** A new release is seen within the hour; while it is fetched the old one works. */
const soon = 'public, max-age=3600, stale-while-revalidate=86400'
const forEver = 'public, max-age=31536000, immutable'

/**
 * The built tracker, compressed once. `/tracker.js` is the entry. Its parts are called by their hash; another hash is of
 * another release, whose entry a browser or a second gateway still has: it gets the present part, but not for ever.
 */
export function readTracker(from: URL = dist): TrackerFiles {
  const files = new Map(readdirSync(from).map((name) => [name, compress(readFileSync(new URL(name, from)))]))
  const find = (path: string): { file: File; hash: string | undefined } | undefined => {
    const [, name, hash] = /^\/(tracker(?:-\w+)?)(?:\.([0-9a-f]{10}))?\.js$/.exec(path) ?? []
    const file = files.get(`${name}.js`)
    return file && { file, hash }
  }
  return {
    has: (path) => find(path) !== undefined,
    serve(request, response) {
      const found = find(addressOf(request).path)
      if (found) send(response, replyOf(found.file, { request, lasting: found.hash === found.file.hash }))
    },
  }
}

function replyOf(file: File, { request, lasting }: { request: HttpRequest; lasting: boolean }): Reply {
  const encoding = encodingOf(headerOf(request, 'accept-encoding') ?? '')
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': lasting ? forEver : soon,
    // Weak: it is the same for every encoding.
    etag: `W/"${file.hash}"`,
    vary: 'accept-encoding',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'timing-allow-origin': '*',
  }
  const known = headerOf(request, 'if-none-match') ?? ''
  if (known.includes(`"${file.hash}"`)) return { status: 304, headers }
  const body = file.bodies[encoding]
  return {
    status: 200,
    headers: encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding },
    body,
  }
}

function compress(text: Buffer): File {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10)
  const br = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } })
  return { hash, bodies: { br, gzip: gzipSync(text, { level: 9 }), identity: text } }
}
