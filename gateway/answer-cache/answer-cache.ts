import { createHash } from 'node:crypto'
import { Counter, type Registry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { type Row, type Run, stored } from '../analytics/run-statement.ts'
import { packRows, unpackRows } from './rows.ts'
import type { CacheTier } from './tier.ts'

/** Answers questions again without Postgres, as long as nothing of the company was stored since. */
export interface AnswerCache {
  /**
   * The rows of `run`: kept ones, those of an equal question under way, or else what `ask` finds. Whatever was stored before the
   * call is in them. @throws what `ask` does, and STORE_DOWN
   */
  rows(run: Run, ask: () => Promise<readonly Row[]>): Promise<readonly Row[]>
}

/** How a question was answered. */
type Outcome = 'memory' | 'shared' | 'joined' | 'asked' | 'uncacheable'

/** The marks of a company: rise when something of it is stored, or a setting of any company changes. */
const marksSql = `select (select version from settings_version) || '/' ||
  (select coalesce(sum(stored), 0) from company_mark where company_id = $1) as marks`

/** What depends on the moment it is asked has no answer that stays. */
const isOfTheMoment = (sql: string): boolean =>
  /\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|random)\s*\(|\bcurrent_(date|time|timestamp)\b|\blocal(time|timestamp)\b/i.test(
    sql,
  )

/** `memory` is looked at first, then `shared`, which other gateways fill too. */
export function createAnswerCache(deps: {
  db: Pick<Database, 'query'>
  memory: CacheTier
  shared?: CacheTier
  registry: Registry
}): AnswerCache {
  const { db, memory, shared } = deps
  const count = countOutcomes(deps.registry)
  const underWay = new Map<string, Promise<readonly Row[]>>()

  const find = async (key: string, ask: () => Promise<readonly Row[]>): Promise<readonly Row[]> => {
    const near = unpack(key, await memory.get(key))
    if (near) return count('memory', near)
    const bytes = await shared?.get(key)
    const far = unpack(key, bytes)
    if (far && bytes) {
      await memory.set(key, bytes)
      return count('shared', far)
    }
    const rows = count('asked', await ask())
    const packed = packRows(key, rows)
    await memory.set(key, packed)
    // Nobody waits for what others may want to know.
    void shared?.set(key, packed)
    return rows
  }

  return {
    async rows(run, ask) {
      if (isOfTheMoment(run.statement.sql)) return count('uncacheable', await ask())
      // Read before the numbers are: what is stored meanwhile makes other marks, and this answer only fresher than it says.
      const key = keyOf(run, await readMarks(db, run.companyId))
      const same = underWay.get(key)
      if (same !== undefined) return count('joined', await same)
      const finding = find(key, ask).finally(() => underWay.delete(key))
      underWay.set(key, finding)
      return await finding
    },
  }
}

async function readMarks(db: Pick<Database, 'query'>, companyId: number): Promise<string> {
  const [row] = await stored(db.query<{ marks: string }>(marksSql, [companyId]))
  return row!.marks
}

const unpack = (key: string, bytes: Uint8Array | undefined): readonly Row[] | undefined =>
  bytes && unpackRows(key, bytes)

/** Everything an answer depends on. A digest, so that nobody's filters can be read from a shared cache's keys. */
function keyOf({ statement: { name, version, sql }, values, companyId }: Run, marks: string): string {
  return createHash('sha256')
    .update(JSON.stringify([companyId, marks, name, version, sql, values]))
    .digest('base64url')
}

function countOutcomes(registry: Registry) {
  const answers = new Counter({
    name: 'userflow_answer_cache_total',
    help: 'Questions by how they were answered: from memory, the shared cache, an equal one under way (joined), Postgres (asked), or Postgres because the answer depends on the moment (uncacheable).',
    labelNames: ['outcome'],
    registers: [registry],
  })
  for (const outcome of ['memory', 'shared', 'joined', 'asked', 'uncacheable']) answers.inc({ outcome }, 0)
  return <T>(outcome: Outcome, rows: T): T => {
    answers.inc({ outcome })
    return rows
  }
}
