import { Gauge, type Registry } from '../../runtime/metrics.ts'
import { type CacheTier, mostAgeMs } from './tier.ts'

interface Kept {
  readonly bytes: Uint8Array
  readonly atMs: number
}

/** What an entry costs beside its bytes: key, entry of the map, array. */
const overheadBytes = 400
/** One answer may not push out all others. */
const largestPart = 1 / 8

/** Keeps answers in this process, at most `mostBytes` of them; the one used longest ago is forgotten first. */
export function createMemoryTier(options: {
  mostBytes: number
  registry: Registry
  /** A clock that never goes back, in ms. */
  nowMs?: () => number
}): CacheTier {
  const { mostBytes, registry, nowMs = () => performance.now() } = options
  const entries = new Map<string, Kept>()
  let held = 0
  measure(registry, () => ({ bytes: held, entries: entries.size }))

  const drop = (key: string): void => {
    const kept = entries.get(key)
    if (!kept) return
    entries.delete(key)
    held -= kept.bytes.length + overheadBytes
  }

  return {
    async get(key) {
      const kept = entries.get(key)
      if (!kept) return undefined
      entries.delete(key)
      if (nowMs() - kept.atMs > mostAgeMs) {
        held -= kept.bytes.length + overheadBytes
        return undefined
      }
      // Written last, so that the first of the map is the one used longest ago.
      entries.set(key, kept)
      return kept.bytes
    },
    async set(key, bytes) {
      const size = bytes.length + overheadBytes
      if (size > mostBytes * largestPart) return
      drop(key)
      while (held + size > mostBytes) drop(entries.keys().next().value!)
      entries.set(key, { bytes, atMs: nowMs() })
      held += size
    },
  }
}

function measure(registry: Registry, now: () => { bytes: number; entries: number }): void {
  new Gauge({
    name: 'userflow_answer_cache_bytes',
    help: 'Bytes of answers kept in the memory of this gateway.',
    registers: [registry],
    collect() {
      this.set(now().bytes)
    },
  })
  new Gauge({
    name: 'userflow_answer_cache_entries',
    help: 'Answers kept in the memory of this gateway.',
    registers: [registry],
    collect() {
      this.set(now().entries)
    },
  })
}
