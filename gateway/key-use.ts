import type { Database } from '../sql/database.ts'

const usedEveryMs = 60_000
const gatherMarksMs = 1_000

/** Where uses are noted, and the column by which a row is known. */
const columns = { api_key: 'key_hash', shared_link: 'token_hash' } as const

/**
 * Notes in `last_used_at` that keys or links are in use, at most once a minute each and gateway, those of a second together.
 * They are marked by SHA-256 in base64.
 */
export function createUseMarks(
  db: Pick<Database, 'query'>,
  { of, maxEntries }: { readonly of: keyof typeof columns; readonly maxEntries: number },
) {
  const markSql = markSqlOf(of, columns[of])
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
const markSqlOf = (table: string, column: string): string => `
  update ${table} k set last_used_at = now()
  from (select company_id, ${column} from ${table} where ${column} = any ($1::bytea[]) order by 1, 2 for no key update) used
  where k.company_id = used.company_id and k.${column} = used.${column}`
