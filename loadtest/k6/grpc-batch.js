// Unary RecordEvents over gRPC, one batch after the other from each virtual user.
import grpc from 'k6/net/grpc'
import { batchOfBytes } from './events.js'
import { countAnswer, countError, countSent, summaryTrendStats, thresholds } from './measures.js'
import { settings } from './settings.js'

export { handleSummary } from './measures.js'

const client = new grpc.Client()
client.load([import.meta.resolve('.')], 'ingest_bytes.proto')

export const options = { vus: settings.users, duration: `${settings.seconds}s`, thresholds, summaryTrendStats }

let connected = false

export default function () {
  if (!connected) {
    client.connect(settings.grpc, { plaintext: true, timeout: '5s' })
    connected = true
  }
  const events = batchOfBytes()
  countSent(events.length)
  const begin = Date.now()
  const answer = client.invoke(
    'userflow.v1.IngestService/RecordEvents',
    { events },
    { metadata: { 'x-api-key': settings.key }, timeout: '15s' },
  )
  if (answer.status !== grpc.StatusOK) countError(JSON.stringify(answer.error))
  else countAnswer({ events: events.length, accepted: answer.message.accepted, ms: Date.now() - begin })
}
