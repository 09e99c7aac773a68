import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { passwordFileOf } from './cluster.ts'

/**
 * Connection URL of the embedded Postgres that runs on this folder.
 * @throws if none runs there; the message says what to do.
 */
export async function findRunningUrl(dir: string): Promise<string> {
  try {
    const password = (await readFile(passwordFileOf(dir), 'utf8')).trim()
    // Its fourth line is the port: https://www.postgresql.org/docs/current/storage-file-layout.html
    const port = (await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[3]
    return `postgres://postgres:${password}@127.0.0.1:${Number(port)}/postgres`
  } catch (cause) {
    throw new Error(`No Postgres runs on ${dir}. Run \`npm start\` in another terminal, or set DATABASE_URL.`, {
      cause,
    })
  }
}
