import { readdir } from 'node:fs/promises'
import type { Database } from '../../../sql/database.ts'
import { residentBytes } from '../../bench/process-cost.ts'
import type { PartProcess } from '../processes.ts'

/** What a process or Postgres holds, each with its unit. */
export type Measure =
  | 'memory MB'
  /** Of the main thread: what JavaScript holds, garbage not yet collected included. */
  | 'heap MB'
  | 'descriptors'
  | 'timers'
  | 'active resources'
  | 'loop delay p99 ms'
  | 'connections'

/** What was seen of one holder at a moment. A measure that could not be taken is absent. */
export interface Sample {
  readonly atMs: number
  /** A process by its name, or a name under which connections to Postgres are open. */
  readonly holder: string
  /** Tells one run of a process from the next: its id; absent for connections. */
  readonly pid?: number
  readonly values: Readonly<Partial<Record<Measure, number>>>
}

/** A frozen or dead process does not answer. */
const answerWithinMs = 1_000

/** Looks at a process, from outside (/proc) and through its figures. Resolves with undefined if it does not run. */
export async function lookAtProcess({ name, pid, metricsPort }: PartProcess): Promise<Sample | undefined> {
  if (pid === undefined) return undefined
  const atMs = Date.now()
  try {
    const descriptors = (await readdir(`/proc/${pid}/fd`)).length
    const values = { 'memory MB': residentBytes(pid) / 1024 ** 2, descriptors, ...(await figuresOf(metricsPort)) }
    return { atMs, holder: name, pid, values }
  } catch {
    // It ended meanwhile.
    return undefined
  }
}

/** Looks at the connections to Postgres, by the name each of our pools gives. @throws while Postgres is away */
export async function lookAtConnections(database: Database): Promise<Sample[]> {
  const rows = await database.query<{ name: string; connections: number }>(
    `select application_name as name, count(*)::int as connections from pg_stat_activity
     where application_name like 'userflow%' group by 1`,
  )
  const atMs = Date.now()
  return rows.map(({ name, connections }) => ({ atMs, holder: name, values: { connections } }))
}

async function figuresOf(port: number): Promise<Partial<Record<Measure, number>>> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(answerWithinMs) })
    return readFigures(await response.text())
  } catch {
    return {}
  }
}

/** Reads what Node tells about itself out of a page of figures in Prometheus' form. */
export function readFigures(page: string): Partial<Record<Measure, number>> {
  const figure = (line: RegExp): number => Number(line.exec(page)?.[1] ?? 0)
  return {
    'heap MB': figure(/^nodejs_heap_size_used_bytes (\S+)$/m) / 1024 ** 2,
    timers: figure(/^nodejs_active_resources\{type="Timeout"\} (\S+)$/m),
    'active resources': figure(/^nodejs_active_resources_total (\S+)$/m),
    'loop delay p99 ms': figure(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m) * 1_000,
  }
}
