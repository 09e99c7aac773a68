import type { Logger } from '../../runtime/logger.ts'
import { retry } from '../../runtime/retry.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../sql/embedded/server.ts'
import { treeOf } from '../bench/process-cost.ts'

/** A Postgres that can be killed and comes back on the same port with what its disk holds. */
export interface PostgresUnderTest extends AsyncDisposable {
  readonly url: string
  /** Kills the server and all its backends with SIGKILL. */
  kill(): Promise<void>
  /** Starts it again if it does not run, whoever ended it; resolves when it takes connections. */
  start(): Promise<void>
}

// Room for sessions of killed workers that Postgres has not noticed yet.
const settings = { max_connections: '150' }

/** Starts it on a folder and a port of its own. */
export async function startPostgres(at: { dir: string; port: number; logger: Logger }): Promise<PostgresUnderTest> {
  // A killed server's shared memory is gone only when the last backend is.
  const start = (): Promise<EmbeddedPostgres> =>
    retry(() => startEmbeddedPostgres({ ...at, settings }), { attempts: 10, firstMs: 200, mostMs: 1_000 })
  let running: EmbeddedPostgres | undefined
  const run = async (): Promise<EmbeddedPostgres> => {
    const server = await start()
    running = server
    // A full disk ends a server from within.
    server.ended.then(
      () => {
        if (running === server) running = undefined
      },
      () => undefined,
    )
    return server
  }
  const { url } = await run()
  return {
    url,
    async kill() {
      const victim = running
      if (!victim) return
      running = undefined
      for (const pid of treeOf(victim.pid)) killIfThere(pid)
      await victim.ended
    },
    async start() {
      if (!running) await run()
    },
    async [Symbol.asyncDispose]() {
      await running?.[Symbol.asyncDispose]()
    },
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // A backend may end by itself meanwhile.
  }
}
