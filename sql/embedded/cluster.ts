import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Account } from './account.ts'
import { canRead, type Installation } from './installation.ts'

const run = promisify(execFile)

/** The files of a cluster. */
export interface Cluster {
  /** Its data folder. */
  readonly dir: string
  /** The superuser's password. */
  readonly password: string
}

/** Where a cluster lives and whose it is. */
export interface ClusterPlace {
  readonly dir: string
  readonly sharedDir: string
  readonly account: Account | undefined
}

/** The file that holds the superuser's password of the cluster in `dir`: beside it, and readable by its maker only. */
export const passwordFileOf = (dir: string): string => `${resolve(dir)}.password`

/** Removes the cluster in `dir`, which must have been stopped, and its password; of a linked folder the link. */
export async function removeCluster(dir: string): Promise<void> {
  for (const path of [dir, passwordFileOf(dir)]) await rm(path, { recursive: true, force: true })
}

/**
 * Finds the cluster in `dir`, or creates it. Where the account cannot reach `dir` (below a private folder), the data
 * lives under `sharedDir` and `dir` links there, so that removing `dir` still means starting afresh.
 */
export async function findOrCreateCluster(place: ClusterPlace, installation: Installation): Promise<Cluster> {
  const { account } = place
  const secret = passwordFileOf(place.dir)
  const dir = await reachableDir(place)
  const password = await readFile(secret, 'utf8').catch(() => undefined)
  // PG_VERSION is written early; global/pg_control exists only once initdb got through its bootstrap.
  if (password && (await isInitialized(dir))) return { dir, password: password.trim() }
  const fresh = randomBytes(24).toString('base64url')
  await writeFile(secret, fresh, { mode: 0o600 })
  const passwordFile = join(tmpdir(), `userflow-${randomBytes(8).toString('hex')}`)
  await writeFile(passwordFile, fresh, { mode: 0o600, flag: 'wx' })
  try {
    if (account) await chown(passwordFile, account.uid, account.gid)
    await rm(join(dir, 'data'), { recursive: true, force: true })
    const how = ['--auth=scram-sha-256', '--username=postgres', `--pwfile=${passwordFile}`, '--encoding=UTF8']
    const locale = ['--locale-provider=builtin', '--locale=C.UTF-8', '--lc-messages=C']
    await run(installation.initdb, ['-D', join(dir, 'data'), ...how, ...locale], {
      ...(account ?? {}),
      cwd: dir,
      env: { PATH: '/usr/bin:/bin' },
    })
    await writeFile(join(dir, 'initialized'), '')
  } finally {
    await rm(passwordFile, { force: true })
  }
  return { dir, password: fresh }
}

const isInitialized = (dir: string): Promise<boolean> =>
  stat(join(dir, 'initialized')).then(
    () => true,
    () => false,
  )

async function reachableDir({ dir, sharedDir, account }: ClusterPlace): Promise<string> {
  const existing = await realpath(dir).catch(() => undefined)
  if (existing) return existing
  await mkdir(dirname(resolve(dir)), { recursive: true })
  if (!account || (await canRead(account, dirname(resolve(dir))))) {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    if (account) await chown(dir, account.uid, account.gid)
    return realpath(dir)
  }
  const elsewhere = join(sharedDir, `cluster-${randomBytes(6).toString('hex')}`)
  await mkdir(sharedDir, { recursive: true, mode: 0o755 })
  await mkdir(elsewhere, { mode: 0o700 })
  await chown(elsewhere, account.uid, account.gid)
  // A link to a folder that is gone would be in the way.
  await rm(dir, { force: true })
  await symlink(elsewhere, dir)
  return elsewhere
}
