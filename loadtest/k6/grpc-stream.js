// One bidirectional StreamEvents a virtual user, with four batches under way on each.
import grpc from 'k6/net/grpc'
import { batchOfBytes } from './events.js'
import { countAnswer, countError, countSent, summaryTrendStats, thresholds } from './measures.js'
import { settings } from './settings.js'

export { handleSummary } from './measures.js'

const client = new grpc.Client()
client.load([import.meta.resolve('.')], 'ingest_bytes.proto')

const underWay = 4

export const options = {
  scenarios: {
    stream: {
      executor: 'per-vu-iterations',
      vus: settings.users,
      iterations: 1,
      maxDuration: `${settings.seconds + 20}s`,
    },
  },
  thresholds,
  summaryTrendStats,
}

export default function () {
  client.connect(settings.grpc, { plaintext: true, timeout: '5s' })
  const stream = new grpc.Stream(client, 'userflow.v1.IngestService/StreamEvents', {
    metadata: { 'x-api-key': settings.key },
  })
  const until = Date.now() + settings.seconds * 1000
  const sentAt = new Map()
  let batch = 0
  const sendNext = () => {
    const events = batchOfBytes()
    batch += 1
    sentAt.set(String(batch), { at: Date.now(), events: events.length })
    countSent(events.length)
    stream.write({ batch, events })
  }
  stream.on('data', (answer) => {
    const sent = sentAt.get(String(answer.batch))
    sentAt.delete(String(answer.batch))
    if (!sent) countError(`an answer to batch ${answer.batch}, which was not sent`)
    else countAnswer({ events: sent.events, accepted: answer.result.accepted, ms: Date.now() - sent.at })
    if (Date.now() < until) sendNext()
    else if (sentAt.size === 0) stream.end()
  })
  stream.on('error', (error) => {
    for (const [number] of sentAt) countError(`batch ${number}: ${error.message}`)
    sentAt.clear()
  })
  stream.on('end', () => {
    for (const [number] of sentAt) countError(`batch ${number}: the stream ended`)
    client.close()
  })
  for (let first = 0; first < underWay; first++) sendNext()
}
