import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A user of the operating system. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * The account Postgres must run as: undefined means the present one. Postgres refuses to run as root,
 * so root lends it the system user "postgres", created if missing.
 * @throws if the user cannot be created; the message says what to do.
 */
export async function postgresAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const found = await lookUp()
  if (found) return found
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'])
  } catch (cause) {
    throw new Error(
      'Postgres does not run as root, and the user "postgres" could not be created. ' +
        'Start as another user, create that user, or set DATABASE_URL.',
      { cause },
    )
  }
  const created = await lookUp()
  if (!created) throw new Error('The user "postgres" was created but cannot be found. Start as another user.')
  return created
}

async function lookUp(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}
