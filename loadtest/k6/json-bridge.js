// RecordEvents as JSON over HTTP, as a browser or a script sends it.
import http from 'k6/http'
import { batchOfJson } from './events.js'
import { countAnswer, countError, countSent, summaryTrendStats, thresholds } from './measures.js'
import { settings } from './settings.js'

export { handleSummary } from './measures.js'

export const options = { vus: settings.users, duration: `${settings.seconds}s`, thresholds, summaryTrendStats }

const headers = { 'content-type': 'application/json', 'x-api-key': settings.key }

export default function () {
  const body = batchOfJson()
  countSent(settings.batch)
  const answer = http.post(`${settings.http}/userflow.v1.IngestService/RecordEvents`, body, { headers, timeout: '15s' })
  if (answer.status !== 200) countError(`${answer.status} ${answer.error} ${answer.body}`)
  else countAnswer({ events: settings.batch, accepted: answer.json('accepted'), ms: answer.timings.duration })
}
