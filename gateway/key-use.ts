import type { Database } from '../sql/database.ts'

const usedEveryMs = 60_000
const gatherMarksMs = 1_000

/** Notes in api_key.last_used_at that keys are in use, at most once a minute a key and gateway, those of a second together. */
export function createUseMarks(db: Pick<Database, 'query'>, maxEntries: number) {
  const marked = new Map<string, number>()
  let waiting: string[] = []
  const write = async (): Promise<void> => {
    const hashes = waiting
    waiting = []
    await db
      .query(markSql, [hashes.map((hash) => Buffer.from(hash, 'base64'))])
      // Nobody waits for it, and marks that fail are made up for by the next ones.
      .catch(() => hashes.forEach((hash) => void marked.delete(hash)))
  }
  return {
    mark(hash: string, atMs: number): void {
      if (atMs - (marked.get(hash) ?? 0) < usedEveryMs) return
      if (marked.size >= maxEntries) marked.clear()
      marked.set(hash, atMs)
      waiting.push(hash)
      if (waiting.length === 1) setTimeout(() => void write(), gatherMarksMs).unref()
    },
  }
}

// In one order: two gateways would otherwise wait for each other.
const markSql = `
  update api_key k set last_used_at = now()
  from (select company_id, key_hash from api_key where key_hash = any ($1::bytea[]) order by 1, 2 for no key update) used
  where k.company_id = used.company_id and k.key_hash = used.key_hash`
