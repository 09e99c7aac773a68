import type { Database } from '../sql/database.ts'
import { inTime } from './in-time.ts'

/** What was seen of the settings of all companies at a moment. */
export interface SettingsSeen {
  /** Rises with every change of companies, sites, keys and schemas. */
  readonly version: string
  /** The moment, in ms since 1970: before the question, so that no change in between is overlooked. */
  readonly atMs: number
}

/** Whether anything that a gateway remembers of companies may have changed: one small question for all of them. */
export interface SettingsVersion {
  /** What was seen last; undefined before the first look. */
  seen(): SettingsSeen | undefined
  /** Looks, once for all who ask at the same time. @throws if Postgres does not answer */
  look(): Promise<SettingsSeen>
  /**
   * When something read at `readAtMs`, under the version seen then, was last known to be so: at the latest look if the
   * version is the same. Looks in the background when the latest look is older than half of `mostAgeMs`.
   */
  confirmedAtMs(read: { readonly readAtMs: number; readonly version: string | undefined }): number
}

const answerWithinMs = 2_000

/** Answers from the table settings_version. `now` is the clock, in ms since 1970. */
export function createSettingsVersion(
  db: Pick<Database, 'query'>,
  { mostAgeMs, now = Date.now }: { readonly mostAgeMs: number; readonly now?: () => number },
): SettingsVersion {
  let latest: SettingsSeen | undefined
  let looking: Promise<SettingsSeen> | undefined
  let triedAtMs = Number.NEGATIVE_INFINITY

  const read = async (): Promise<SettingsSeen> => {
    const atMs = now()
    triedAtMs = atMs
    const rows = await inTime(answerWithinMs, db.query<{ version: string }>('select version from settings_version'))
    latest = { version: String(rows[0]!.version), atMs }
    return latest
  }
  const look = (): Promise<SettingsSeen> => {
    looking ??= read().finally(() => {
      looking = undefined
    })
    return looking
  }
  return {
    seen: () => latest,
    look,
    confirmedAtMs({ readAtMs, version }) {
      if (now() - triedAtMs > mostAgeMs / 2) look().catch(() => undefined)
      return latest !== undefined && latest.version === version ? Math.max(readAtMs, latest.atMs) : readAtMs
    },
  }
}
