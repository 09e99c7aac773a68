import { workerData } from 'node:worker_threads'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import type { Tools } from '../enrich/draft.ts'
import { RecentCache } from '../enrich/recent-cache.ts'
import type { Digest } from './digest.ts'
import { digestRecords } from './digest-records.ts'
import { openGeoip, type SharedGeoip } from './geoip.ts'
import type { PackedRecords } from './packed-records.ts'

/** What a thread is given when it starts. */
export interface ThreadData {
  readonly geoip: SharedGeoip | undefined
}

/** What a thread answers: the digest and what it has to say to the operator. */
export interface TaskAnswer {
  readonly digest: Digest
  readonly reports: readonly string[]
}

/** Different agents seen lately; a busy site has a few thousand, at about 300 bytes each. */
const agentsKept = 5_000
/** Pairs of page and referrer seen lately: a few MB of ordinary ones, 24 MB of the longest. */
const arrivalsKept = 4_000

const { geoip } = workerData as ThreadData
const reports: string[] = []
const tools: Tools = {
  lookup: openGeoip(geoip, (message) => reports.push(message)),
  agents: new RecentCache(agentsKept),
  arrivals: new RecentCache(arrivalsKept),
}

/** Runs in a thread: packed records in, digest out; the big buffers change owner instead of being copied. */
export default function digestTask(packed: PackedRecords): unknown {
  const digest = digestRecords(packed, tools)
  const answer: TaskAnswer = { digest, reports: reports.splice(0) }
  return move({
    [transferableSymbol]: [digest.rows.buffer, digest.rowStarts.buffer, digest.rowOffsets.buffer],
    [valueSymbol]: answer,
  } as never)
}
