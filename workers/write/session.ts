import { Socket } from 'node:net'
import pg from 'pg'
import type { Logger } from '../../runtime/logger.ts'

/** Where a write session connects and how patient it is. */
export interface WriteSessionOptions {
  readonly url: string
  readonly applicationName: string
  /** Ends a statement that takes longer, COPY included. After it the session is of no use and must be dropped. */
  readonly queryTimeoutMs: number
  readonly logger: Logger
}

/**
 * One connection to Postgres that holds one partition from take-over to hand-over. Its backend is the one `take_over` records,
 * so a successor can end it, should it hold a lock while its process is frozen.
 */
export interface WriteSession {
  readonly client: pg.Client
  /** Cuts the connection at once, whatever runs on it: for sessions whose state is unknown. */
  drop(): void
  /** Says goodbye; drops the connection if that takes over a second. */
  close(): Promise<void>
}

/**
 * `synchronous_commit = off`: rows and offset are lost or kept together and the log replays what was lost.
 * `temp_buffers` hold the stage while it grows, else every step reads it from its file; `work_mem` sorts a batch in memory.
 * The time-outs end what a process leaves behind that freezes in a transaction or goes away during a statement.
 */
const settings = `set synchronous_commit = off;
set temp_buffers = '32MB';
set work_mem = '16MB';
set lock_timeout = '3s';
set idle_in_transaction_session_timeout = '5s';
set timezone = 'UTC'`

/** Connects and prepares the temp table `stage_events`. @throws the driver's error. */
export async function openWriteSession(options: WriteSessionOptions): Promise<WriteSession> {
  const socket = new Socket()
  const client = new pg.Client({
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: 3_000,
    query_timeout: options.queryTimeoutMs,
    keepAlive: true,
    stream: () => socket,
  })
  // Without a listener a connection that breaks while idle would end the process. The next statement reports the fault.
  client.on('error', (error) => options.logger.debug({ err: error }, 'a write session broke'))
  const drop = (): void => {
    socket.destroy()
  }
  try {
    await client.connect()
    await client.query(settings)
    await client.query(`select set_config('statement_timeout', $1, false), stage_prepare()`, [
      `${options.queryTimeoutMs}`,
    ])
  } catch (error) {
    drop()
    throw error
  }
  const close = async (): Promise<void> => {
    const late = setTimeout(drop, 1_000)
    await client.end().finally(() => clearTimeout(late))
  }
  return { client, drop, close }
}
