import { setTimeout as sleep } from 'node:timers/promises'
import { openStream } from '../../clients/node/stream.ts'
import { makeTemplates } from '../load/templates.ts'
import type { Generated, Job } from './drive.ts'
import { createEventMaker } from './make-events.ts'

/** The process that sends: one job a life, told and answered over IPC, so that its CPU is not the system's. */
process.once('message', (job: Job) => {
  send(job).then(
    (generated) => process.send?.(generated, () => process.exit(0)),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})

async function send(job: Job): Promise<Generated> {
  const make = createEventMaker(makeTemplates(100), job)
  const post = job.door === 'json' ? overJson(job) : overStream(job)
  const waits: number[] = []
  let accepted = 0
  const startedMs = performance.now()
  const sentFromMs = performance.timeOrigin + startedMs
  const underWay = new Set<Promise<void>>()
  for (let sent = 0; sent < job.events; sent += job.batch) {
    const lateMs = startedMs + (job.rate ? (sent / job.rate) * 1000 : 0) - performance.now()
    if (lateMs > 0) await sleep(lateMs)
    const batch = Array.from({ length: Math.min(job.batch, job.events - sent) }, make)
    while (underWay.size >= job.underWay) await Promise.race(underWay)
    const atMs = performance.now()
    const outcome: Promise<void> = post.send(batch).then((count) => {
      accepted += count
      waits.push(performance.now() - atMs)
      underWay.delete(outcome)
    })
    underWay.add(outcome)
  }
  await Promise.all(underWay)
  await post.close()
  waits.sort((one, other) => one - other)
  const at = (share: number): number => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0
  return { accepted, sentFromMs, acceptP50Ms: at(0.5), acceptP99Ms: at(0.99) }
}

interface Post {
  /** Resolves with how many events were accepted. */
  send(events: readonly Uint8Array[]): Promise<number>
  close(): Promise<void>
}

function overStream(job: Job): Post {
  const stream = openStream({ address: job.grpc, key: job.key, maxUnacknowledged: job.underWay })
  return {
    send: async (events) => (await stream.sendEncoded(events)).accepted,
    close: () => stream[Symbol.asyncDispose](),
  }
}

function overJson(job: Job): Post {
  const json = makeTemplates(100).json
  return {
    async send(events) {
      // The ids that the maker wrote stand at fixed places; the rest is the same template in JSON.
      const text = events.map((event, index) => {
        const bytes = Buffer.from(event)
        const [id, session, visitor] = [
          bytes.toString('latin1', 6, 42),
          bytes.toString('latin1', 44, 57),
          bytes.toString('latin1', 59, 72),
        ]
        return `{"eventId":"${id}","sessionId":"${session}","visitorId":"${visitor}",${json[index % json.length]}`
      })
      const answer = await fetch(`${job.http}/userflow.v1.IngestService/RecordEvents`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': job.key },
        body: `{"events":[${text.join(',')}]}`,
      })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
      return ((await answer.json()) as { accepted: number }).accepted
    },
    close: async () => undefined,
  }
}
