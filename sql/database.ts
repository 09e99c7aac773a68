import pg from 'pg'
import type { Logger } from '../runtime/logger.ts'

/** Where Postgres is and how patiently it is used. Times in milliseconds. */
export interface DatabaseOptions {
  readonly url: string
  readonly maxConnections: number
  /** Ends a query that takes longer, COPY included; the connection is dropped then. */
  readonly queryTimeoutMs: number
  /** Settings of each new session, such as `{ synchronous_commit: 'off' }`. */
  readonly session?: Readonly<Record<string, string>>
  readonly applicationName: string
  readonly logger: Logger
}

/** A pool of connections to Postgres. Every value goes as a parameter; text is never put together from values. */
export interface Database extends AsyncDisposable {
  /** Runs one statement and returns its rows. Throws the driver's error; `code` is the SQLSTATE. */
  query<R extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>
  /** Runs `work` on one connection of its own. If it throws, the connection is dropped, because its state is unknown. */
  withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>
  /** Runs `work` in one transaction begun by `begin` ("begin read only" for instance). */
  transaction<T>(begin: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T>
}

/** Opens a pool; connects when first used. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections,
    application_name: options.applicationName,
    connectionTimeoutMillis: 3_000,
    query_timeout: options.queryTimeoutMs,
    keepAlive: true,
    options: sessionOptions({ lock_timeout: '3s', timezone: 'UTC', ...options.session }),
  })
  // An idle connection that breaks is reported here; without a listener it would end the process.
  pool.on('error', (error) => options.logger.warn(whyOf(error), 'an idle database connection broke'))
  pool.on('connect', (client) => {
    client.on('error', (error) => options.logger.warn(whyOf(error), 'a database connection broke'))
  })
  const withClient: Database['withClient'] = async (work) => {
    const client = await pool.connect()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      client.release(error instanceof Error ? error : true)
      throw error
    }
  }
  return {
    query: async <R extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) => {
      const result = await withClient((client) => client.query<R>(text, [...values]))
      return result.rows
    },
    withClient,
    transaction: (begin, work) =>
      withClient(async (client) => {
        await client.query(begin)
        const result = await work(client)
        await client.query('commit')
        return result
      }),
    [Symbol.asyncDispose]: () => pool.end(),
  }
}

/** What of a connection's error is logged: the driver hangs the whole client on it, with the password of its URL. */
function whyOf(error: Error): { readonly code: string; readonly why: string } {
  return { code: 'code' in error ? String(error.code) : '', why: error.message }
}

function sessionOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
}
