/**
 * What `npm run load` says, with values that make each script run alone:
 *   k6 run -e KEY=… -e TEMPLATES=templates.json loadtest/k6/grpc-batch.js
 */
export const settings = {
  grpc: __ENV.GRPC || '127.0.0.1:50051',
  http: __ENV.HTTP || 'http://127.0.0.1:8080',
  key: __ENV.KEY || '',
  templates: __ENV.TEMPLATES || 'templates.json',
  seconds: Number(__ENV.SECONDS || 20),
  users: Number(__ENV.VUS || 8),
  batch: Number(__ENV.BATCH || 200),
  sessions: Number(__ENV.SESSIONS || 200000),
  sessionsPerBatch: Number(__ENV.SESSIONS_PER_BATCH || __ENV.BATCH || 200),
  acceptP99Ms: Number(__ENV.ACCEPT_P99_MS || 1000),
  result: __ENV.RESULT || '',
}
