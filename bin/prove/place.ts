import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeCluster } from '../../sql/embedded/cluster.ts'
import type { LogKind } from './log-under-test.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

/** Disks that a fault can fill: that of Postgres, and that of the log or its broker. */
export interface SmallDisks {
  readonly postgres: SmallDisk
  readonly log: SmallDisk
}

/** Folders of a system under test. */
export interface Place {
  /** Logs of the processes, the ledger, and below it the embedded log (`log`) or a broker's data (`kafka`). */
  readonly folder: string
  /** Postgres' cluster. */
  readonly cluster: string
  /** Absent where nothing shall be filled. */
  readonly disks: SmallDisks | undefined
}

/** Makes folders, and disks where they are wanted; all is gone when `stack` is disposed of. */
export async function makePlace(
  wanted: { readonly log: LogKind; readonly smallDisks: boolean },
  stack: AsyncDisposableStack,
): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'userflow-prove-'))
  // Open to Postgres's own user, or a root's cluster would be put elsewhere and left behind.
  await chmod(folder, 0o711)
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // Beside the folder, not in it: Postgres runs as an account that may not enter it, and would be put elsewhere.
  const beside = `${folder}-postgres`
  stack.defer(() => removeCluster(beside))
  const logFolder = join(folder, wanted.log === 'kafka' ? 'kafka' : 'log')
  if (!wanted.smallDisks) {
    await mkdir(logFolder)
    return { folder, cluster: beside, disks: undefined }
  }
  const postgres = stack.use(await mountSmallDisk(beside))
  // Readable by the account of Postgres, or its cluster would be put elsewhere.
  await chmod(beside, 0o755)
  const log = stack.use(await mountSmallDisk(logFolder))
  return { folder, cluster: join(beside, 'cluster'), disks: { postgres, log } }
}
