import { Counter, Rate, Trend } from 'k6/metrics'
import { settings } from './settings.js'

const sent = new Counter('events_sent')
const accepted = new Counter('events_accepted')
const rejected = new Counter('events_rejected')
const requests = new Counter('batches_sent')
const errors = new Rate('batch_errors')
const acceptMs = new Trend('accept_ms', true)

/** What must hold; k6 ends with 99 where it does not. */
export const thresholds = {
  events_accepted: ['count>0'],
  events_rejected: ['count==0'],
  batch_errors: ['rate==0'],
  accept_ms: [`p(99)<${settings.acceptP99Ms}`],
}

export const summaryTrendStats = ['avg', 'p(50)', 'p(95)', 'p(99)', 'max']

/** A batch is on its way. */
export function countSent(events) {
  requests.add(1)
  sent.add(events)
}

/** A batch was answered: how many of its events are on the log. Every event must be among them. */
export function countAnswer(answer) {
  accepted.add(answer.accepted)
  rejected.add(answer.events - answer.accepted)
  errors.add(0)
  acceptMs.add(answer.ms)
}

/** A batch was refused or lost. The first ones are shown. */
let shown = 0
export function countError(what) {
  errors.add(1)
  if (shown++ < 3) console.error(what)
}

/** Writes the measures where `npm run load` reads them. */
export function handleSummary(data) {
  const value = (name, stat) => (data.metrics[name] ? data.metrics[name].values[stat] || 0 : 0)
  const failed = []
  for (const name of Object.keys(data.metrics)) {
    const held = data.metrics[name].thresholds || {}
    for (const rule of Object.keys(held)) if (!held[rule].ok) failed.push(`${name} ${rule}`)
  }
  const result = {
    requests: value('batches_sent', 'count'),
    sent: value('events_sent', 'count'),
    accepted: value('events_accepted', 'count'),
    seconds: data.state.testRunDurationMs / 1000,
    p50: value('accept_ms', 'p(50)'),
    p95: value('accept_ms', 'p(95)'),
    p99: value('accept_ms', 'p(99)'),
    failed,
  }
  const text = JSON.stringify(result)
  return settings.result ? { [settings.result]: text } : { stdout: `${text}\n` }
}
