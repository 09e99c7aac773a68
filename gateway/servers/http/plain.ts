import type { Readiness } from '../readiness.ts'
import type { Reply } from './exchange.ts'

/** `GET /healthz`: the process turns its event loop, nothing more. */
export const healthz: Reply = { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok\n' }

/** `GET /readyz`: whether this gateway should get requests, and what is wrong. */
export function readyz(readiness: Readiness): Reply {
  const { ready, parts } = readiness.state()
  return {
    status: ready ? 200 : 503,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ ready, ...parts }) + '\n',
  }
}

/** `GET /`: what this is and where things are. */
export const home: Reply = {
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: `UserFlow gateway

Send events, with a write key
  POST /userflow.v1.IngestService/RecordEvents   x-api-key: KEY     application/json or application/proto
  POST /v1/events?key=KEY                        the same JSON, also as text/plain (sendBeacon, fetch with keepalive)
  GET  /tracker.js                               for pages: <script defer src="…/tracker.js" data-key="KEY"></script>
  GET  /v1/pixel.gif?key=KEY&e=page_view&url=…   for pages and mails without scripts

Ask questions, with a secret key
  POST /userflow.v1.AnalyticsService/Overview, EventBreakdown, RecentEvents
  POST /userflow.v1.PipelineService/Balance, FindEvent, ListDeadLetters
  POST /v1/export/events                         stored events as NDJSON, CSV or Parquet

Manage sites and keys, with a secret key of the scope admin
  POST /userflow.v1.AdminService/ListSites, CreateSite, UpdateSite, ListKeys, CreateKey, RotateKey, RevokeKey

This port speaks Connect, gRPC-web and gRPC over HTTP/1.1 and HTTP/2 without TLS. The gRPC port also has streams at full
speed, health and reflection: buf curl --protocol grpc --http2-prior-knowledge --list-methods http://HOST:50051

State
  GET /healthz, GET /readyz
`,
}
