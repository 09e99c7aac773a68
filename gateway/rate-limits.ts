import { Counter, type Registry } from '../runtime/metrics.ts'
import { RequestError } from './errors.ts'
import { limits } from './ingest/limits.ts'
import type { Key } from './keys.ts'

/** How many events a second keys and companies may send at this gateway. Counts only: nothing waits here. */
export interface RateLimits {
  /**
   * Takes this many events, 1 to 1,000, from what key and company may send; from both or from neither.
   * @throws RequestError RATE_LIMITED with the seconds until a resend passes, if nobody else sends meanwhile
   */
  take(key: Key, events: number): void
}

/** What of a key is limited. */
type Limited = Pick<Key, 'keyId' | 'companyId' | 'eventsPerSecond' | 'companyEventsPerSecond'>

interface Bucket {
  readonly whose: 'key' | 'company'
  readonly id: string
  readonly perSecond: number
  /** The most it holds. */
  readonly burst: number
  /** Events that may pass at `atMs`. */
  events: number
  atMs: number
}

/** An hourly job sends in bursts; two seconds' worth lets them pass and is soon paid back. */
const burstSeconds = 2
/** Fractions of events come and go with rounding; this is far below one event and far above what rounding adds. */
const rounding = 1e-6
/** As many keys as a gateway remembers, and a company for each. */
const usualMostBuckets = 100_000

export interface RateLimitsOptions {
  readonly registry: Registry
  /** A clock that never goes back, in ms; a test's may be another. */
  readonly nowMs?: () => number
  /** Buckets remembered. Beyond, the one used longest ago is forgotten, and begins full when it is needed again. */
  readonly mostBuckets?: number
}

/** Token buckets of keys and of companies. A key without limits costs two comparisons. */
export function createRateLimits(options: RateLimitsOptions): RateLimits {
  const { nowMs = () => performance.now(), mostBuckets = usualMostBuckets } = options
  const refused = createMeasure(options.registry)
  const buckets = new Map<string, Bucket>()

  /** The bucket as it is now. A limit that was changed holds at once. */
  const filled = (whose: Bucket['whose'], id: string, perSecond: number): Bucket => {
    const name = `${whose} ${id}`
    const atMs = nowMs()
    const burst = burstOf(perSecond)
    const old = buckets.get(name)
    const events = old ? old.events + ((atMs - old.atMs) / 1_000) * old.perSecond : burst
    const bucket = { whose, id, perSecond, burst, events: Math.min(burst, events), atMs }
    // Written last, so that the first of the map is the one used longest ago.
    buckets.delete(name)
    if (buckets.size >= mostBuckets) buckets.delete(buckets.keys().next().value!)
    buckets.set(name, bucket)
    return bucket
  }

  const bucketsOf = ({ keyId, companyId, eventsPerSecond, companyEventsPerSecond }: Limited): Bucket[] => [
    ...(eventsPerSecond === undefined ? [] : [filled('key', keyId, eventsPerSecond)]),
    ...(companyEventsPerSecond === undefined ? [] : [filled('company', String(companyId), companyEventsPerSecond)]),
  ]

  return {
    take(key, events) {
      if (key.eventsPerSecond === undefined && key.companyEventsPerSecond === undefined) return
      const all = bucketsOf(key)
      const empty = all
        .filter((one) => one.events + rounding < events)
        .sort((a, b) => waitMs(b, events) - waitMs(a, events))
      const [worst] = empty
      if (worst) {
        refused(worst.whose, events)
        throw refusal(worst, waitMs(worst, events))
      }
      for (const one of all) one.events -= events
    },
  }
}

/** Two seconds' worth, and a full batch at least: it could never pass otherwise. */
export const burstOf = (perSecond: number): number => Math.max(burstSeconds * perSecond, limits.batchEvents)

const waitMs = (bucket: Bucket, events: number): number => ((events - bucket.events) / bucket.perSecond) * 1_000

function refusal({ whose, perSecond }: Bucket, afterMs: number): RequestError {
  const who = whose === 'key' ? 'This key' : 'All keys of this company together'
  const detail = `${who} may send ${perSecond.toLocaleString('en')} events a second at each gateway`
  return new RequestError('RATE_LIMITED', detail, { retryAfterSeconds: Math.max(1, Math.ceil(afterMs / 1_000)) })
}

function createMeasure(registry: Registry) {
  const refused = new Counter({
    name: 'userflow_rate_limited_events_total',
    help: 'Events refused because more came in a second than a limit allows, by whose limit: key or company.',
    labelNames: ['limit'],
    registers: [registry],
  })
  // A series that begins with its first refusal shows no increase.
  for (const limit of ['key', 'company']) refused.inc({ limit }, 0)
  return (limit: Bucket['whose'], events: number): void => refused.inc({ limit }, events)
}
