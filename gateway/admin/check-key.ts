import { type Duration, type Timestamp, timestampMs } from '@bufbuild/protobuf/wkt'
import { KeyKind } from '../../proto/gen/userflow/v1/admin_pb.ts'
import { isValidTime } from '../analytics/time.ts'
import { invalid } from '../errors.ts'
import type { Key, Scope } from '../keys.ts'
import { checkLine } from './check.ts'

const allScopes: readonly Scope[] = ['ingest', 'read', 'admin']
const usualSecretScopes: readonly Scope[] = ['ingest', 'read']
/** More than any gateway takes, and an int of Postgres. */
const mostEventsPerSecond = 1_000_000_000
const dayMs = 86_400_000
const mostOverlapMs = 30 * dayMs

/** How the database calls what a key is for. */
export const keyKinds: ReadonlyMap<KeyKind, Key['kind']> = new Map([
  [KeyKind.WRITE, 'write'],
  [KeyKind.SECRET, 'secret'],
] as const)

/** @throws PARAMETER_INVALID */
export function checkKeyKind(kind: KeyKind): Key['kind'] {
  const known = keyKinds.get(kind)
  if (!known) throw invalid('kind', 'must be KEY_KIND_WRITE or KEY_KIND_SECRET')
  return known
}

/** Scopes, each once and in one order. A write key is public, so it sends and does nothing else. @throws PARAMETER_INVALID */
export function checkScopes(scopes: readonly string[], kind: Key['kind']): readonly Scope[] {
  const unknown = scopes.find((one) => !allScopes.some((known) => known === one))
  if (unknown !== undefined) {
    throw invalid('scopes', `${JSON.stringify(unknown.slice(0, 100))} is none of ${allScopes.join(', ')}`)
  }
  if (kind === 'write') {
    if (scopes.some((one) => one !== 'ingest')) {
      throw invalid('scopes', 'a write key has ingest only, as it is public: make a secret key for more')
    }
    return ['ingest']
  }
  return scopes.length === 0 ? usualSecretScopes : allScopes.filter((one) => scopes.includes(one))
}

/** @throws PARAMETER_INVALID */
export const checkLabel = (label: string): string => checkLine('label', label, { min: 0, max: 200 })

/** Events a second; null: no limit. @throws PARAMETER_INVALID */
export function checkEventsPerSecond(events: number): number | null {
  if (events > mostEventsPerSecond) {
    throw invalid('events_per_second', `may be at most ${mostEventsPerSecond.toLocaleString('en')}, or 0 for no limit`)
  }
  return events === 0 ? null : events
}

/** When a key ends by itself; null: never. @throws PARAMETER_INVALID */
export function checkExpiry(time: Timestamp | undefined, nowMs = Date.now()): Date | null {
  if (time === undefined) return null
  if (!isValidTime(time)) throw invalid('expires_at', 'must lie between the years 1 and 9999')
  const ms = timestampMs(time)
  if (ms <= nowMs) throw invalid('expires_at', 'must lie in the future; leave it out for a key that does not end')
  return new Date(ms)
}

/** For how long a rotated key goes on, in ms. @throws PARAMETER_INVALID */
export function checkOverlap(overlap: Duration | undefined): number {
  if (overlap === undefined) return dayMs
  const ms = Number(overlap.seconds) * 1_000 + overlap.nanos / 1e6
  if (!(ms >= 0 && ms <= mostOverlapMs)) throw invalid('overlap', 'must be 0 seconds to 30 days')
  return Math.floor(ms)
}
