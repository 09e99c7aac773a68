import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { type Encoding, encodingOf } from './encoding.ts'
import { addressOf, type HttpRequest, headerOf, type Reply } from './exchange.ts'

/** Serves the console, once it is built: `npm run console` or the first `npm start` does. */
export interface ConsoleFiles {
  /** The answer to a request, or nothing if it is not for the console. */
  find(request: HttpRequest): Reply | undefined
}

/** What the build tells: the hashes of the page's inline scripts, and the type of each file. */
interface Manifest {
  readonly scriptHashes: readonly string[]
  readonly files: Readonly<Record<string, string>>
}

interface File {
  readonly type: string
  readonly hash: string
  readonly bodies: Readonly<Record<Encoding, Buffer>>
}

interface Built {
  readonly madeMs: number
  readonly policy: string
  readonly files: ReadonlyMap<string, File>
}

const dist = new URL('../../../console/dist/', import.meta.url)
/** A build that is there or new is noticed within this. */
const lookAgainMs = 1_000

/** Reads the files when they are first asked for, and again when the console was built anew. */
export function readConsole(from: URL = dist): ConsoleFiles {
  let built: Built | undefined
  let lookedMs = Number.NEGATIVE_INFINITY
  const look = (): Built | undefined => {
    const nowMs = performance.now()
    if (nowMs - lookedMs < lookAgainMs) return built
    lookedMs = nowMs
    const madeMs = madeOf(from)
    // A build that is being replaced leaves the one before in use.
    if (madeMs !== undefined && madeMs !== built?.madeMs) built = readBuild(from, { madeMs, before: built }) ?? built
    return built
  }
  return {
    find(request) {
      const { path } = addressOf(request)
      if (path.startsWith('/assets/')) {
        const file = look()?.files.get(path)
        return file && replyOf(file, request, { 'cache-control': 'public, max-age=31536000, immutable' })
      }
      if (!isPage(path, request)) return undefined
      const now = look()
      const page = now?.files.get('/index.html')
      return now && page ? replyOf(page, request, { ...pageHeaders, 'content-security-policy': now.policy }) : notBuilt
    },
  }
}

/** A person's browser asks for a page; programs that ask for "/" are told in plain text what is here. */
function isPage(path: string, request: HttpRequest): boolean {
  return (
    /^\/(?:[a-z][a-z0-9-]*)?(?:\/[\w.~%-]+)*\/?$/i.test(path) &&
    (headerOf(request, 'accept') ?? '').includes('text/html')
  )
}

function madeOf(from: URL): number | undefined {
  return statSync(new URL('console.json', from), { throwIfNoEntry: false })?.mtimeMs
}

function readBuild(from: URL, { madeMs, before }: { madeMs: number; before: Built | undefined }): Built | undefined {
  try {
    const manifest = JSON.parse(readFileSync(new URL('console.json', from), 'utf8')) as Manifest
    const fresh = Object.entries(manifest.files).map(([path, type]) => [path, readFile(from, { path, type })] as const)
    // A page that is open goes on loading its own parts, of the build before.
    return { madeMs, policy: policyOf(manifest), files: new Map([...(before?.files ?? []), ...fresh]) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function readFile(from: URL, { path, type }: { path: string; type: string }): File {
  const read = (ending: string): Buffer => readFileSync(new URL(`.${path}${ending}`, from))
  const identity = read('')
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16)
  return { type, hash, bodies: { identity, gzip: read('.gz'), br: read('.br') } }
}

/** Nothing but what we serve ourselves runs, is shown or is asked; nobody frames it. */
const policyOf = ({ scriptHashes }: Manifest): string =>
  [
    "default-src 'none'",
    `script-src 'self' ${scriptHashes.map((hash) => `'${hash}'`).join(' ')}`.trim(),
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const pageHeaders = {
  // The page names its parts by their hashes, so it is the only file that is asked for again.
  'cache-control': 'no-cache',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

function replyOf(file: File, request: HttpRequest, more: Readonly<Record<string, string>>): Reply {
  const encoding = encodingOf(headerOf(request, 'accept-encoding') ?? '')
  const headers = {
    'content-type': file.type,
    // Weak: it is the same for every encoding.
    etag: `W/"${file.hash}"`,
    vary: 'accept, accept-encoding',
    ...more,
  }
  if ((headerOf(request, 'if-none-match') ?? '').includes(`"${file.hash}"`)) return { status: 304, headers }
  return {
    status: 200,
    headers: encoding === 'identity' ? headers : { ...headers, 'content-encoding': encoding },
    body: file.bodies[encoding],
  }
}

const notBuilt: Reply = {
  status: 503,
  headers: {
    ...pageHeaders,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'retry-after': '2',
  },
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2">
<title>UserFlow</title>
<h1>The console is being built</h1>
<p>This takes some seconds after the first start, and this page shows it as soon as it is there. Events are taken already.</p>
<p>If it does not come: <code>npm run console</code> builds it and says what is wrong.</p>
</html>
`,
}
