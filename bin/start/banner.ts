import type { BootstrapKeys } from './bootstrap.ts'
import type { MadePassword } from './first-admin.ts'

/** What `npm start` has to tell. Ports are those bound. */
export interface Started {
  readonly httpPort: number
  readonly grpcPort: number
  readonly metricsPort: number
  readonly databaseUrl: string
  readonly log: string
  readonly keys: BootstrapKeys
  /** The first admin, if this start has made up a password. */
  readonly admin: MadePassword | undefined
  readonly tookMs: number
}

// A visitor as a browser would show up, so that device and country are filled: documentation addresses are in no
// geo database, this one is a public DNS resolver's.
const visitor = {
  userAgent:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  ipAddress: '8.8.8.8',
}

/** How to sign in; a password only where this start has made one up, as nobody can show it again. */
const signIn = ({ admin }: Started): string =>
  admin
    ? `
  Sign in (shown only now)        ${admin.email}
                       password   ${admin.password}
`
    : ''

/** The lines printed when everything is ready. */
export function banner(started: Started): string {
  const base = `http://127.0.0.1:${started.httpPort}`
  const body =
    '{"events":[{"page":{"url":"https://example.com/pricing","referrer":"https://www.google.com/"},"pageView":{}}]}'
  return `
UserFlow is ready after ${(started.tookMs / 1000).toFixed(1)} s.

  Console                         ${base}
  HTTP (JSON, Connect, gRPC-web)  ${base}
  gRPC                            127.0.0.1:${started.grpcPort}
  Metrics (Prometheus)            http://127.0.0.1:${started.metricsPort}/metrics
  Log                             ${started.log}
  Postgres                        ${started.databaseUrl}

  Write key (for browsers)        ${started.keys.writeKey}
  Secret key (for servers)        ${started.keys.secretKey}
${signIn(started)}
Record a page: put this into its head (docs/tracker.md):

  <script defer src="${base}/tracker.js" data-key="${started.keys.writeKey}"></script>

Send an event:

  curl -sS '${base}/userflow.v1.IngestService/RecordEvents' -H 'content-type: application/json' -H 'x-api-key: ${started.keys.writeKey}' -H 'x-forwarded-for: ${visitor.ipAddress}' -A '${visitor.userAgent}' -d '${body}'

Read it back:

  curl -sS '${base}/userflow.v1.AnalyticsService/RecentEvents' -H 'content-type: application/json' -H 'x-api-key: ${started.keys.secretKey}' -d '{"limit":5}'

Stop with Ctrl-C.
`
}
