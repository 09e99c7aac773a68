import type { Site } from '../../../proto/gen/userflow/v1/admin_pb.ts'

/** Ways to send events. */
export const ways = ['html', 'typescript', 'grpc', 'curl'] as const
export type Way = (typeof ways)[number]

/** What to put where, with the real host, and the key if its text is at hand. */
export function snippetFor(way: Way, { site, key, origin }: { site: Site; key: string; origin: string }): string {
  const host = new URL(origin).hostname
  switch (way) {
    case 'html':
      return (site.snippet || `<script defer src="${origin}/tracker.js" data-key="KEY"></script>`).replace('KEY', key)
    case 'typescript':
      return `import { createClient } from './clients/node/client.ts'

const client = createClient({ address: '${host}:50051', key: '${key}' })
void client.track('signup', { userId: '7', properties: { plan: 'pro' } })
await client.close()`
    case 'grpc':
      return `buf curl --protocol grpc --http2-prior-knowledge \\
  -H 'x-api-key: ${key}' \\
  -d '{"events":[{"custom":{"name":"signup"},"userId":"user-1"}]}' \\
  http://${host}:50051/userflow.v1.IngestService/RecordEvents`
    case 'curl':
      return `curl -sS '${origin}/userflow.v1.IngestService/RecordEvents' \\
  -H 'content-type: application/json' \\
  -H 'x-api-key: ${key}' \\
  -d '{"events":[{"page":{"url":"https://example.com/"},"pageView":{}}]}'`
  }
}
