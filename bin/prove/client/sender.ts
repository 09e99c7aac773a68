import { createClient } from '../../../clients/node/client.ts'
import { isRejected, type Look, type SenderPlan, type SenderReport } from './plan.ts'

// The process that tracks: an application with the Node client, and nothing else in it, so that its memory is the client's.

const lookEveryMs = 250

process.once('message', (plan: SenderPlan) => {
  send(plan).then(
    (report) => process.send?.({ report }, () => process.exit(0)),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(1))

async function send({ address, key, events, transport }: SenderPlan): Promise<SenderReport> {
  const rejected: number[] = []
  let givenUp = 0
  const client = createClient({
    address,
    key,
    transport,
    whenFull: 'block',
    onRejected: ({ properties }) => rejected.push(Number(properties?.n)),
    onGivenUp: () => {
      givenUp += 1
    },
  })
  const startedMs = performance.now()
  const cpu = process.cpuUsage()
  const look = (): Look => {
    const { accepted, waitingEvents, waitingBytes } = client.stats()
    return {
      atMs: performance.now() - startedMs,
      accepted,
      waitingEvents,
      waitingBytes,
      rssBytes: process.memoryUsage.rss(),
    }
  }
  const looking = setInterval(() => process.send?.({ look: look() }), lookEveryMs)
  for (let n = 0; n < events; n++) {
    const visitor = Math.floor(n / 10)
    await client.track('proof', {
      sessionId: isRejected(n) ? 's'.repeat(201) : `s-${visitor}`,
      visitorId: `v-${visitor}`,
      userId: `u-${visitor % 1_000}`,
      page: { url: `https://example.com/${n % 50}`, title: 'A page' },
      properties: { n, plan: 'pro', seats: n % 20, trial: n % 2 === 0 },
    })
  }
  await client.flush()
  const tookMs = performance.now() - startedMs
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(looking)
  const stats = client.stats()
  await client.close()
  return { stats, rejected, givenUp, tookMs, cpuMs: (user + system) / 1_000, last: look() }
}
