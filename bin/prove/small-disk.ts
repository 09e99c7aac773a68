import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A file system of a few gigabytes in a file of its own, which can be filled to the last block without writing so much. */
export interface SmallDisk extends AsyncDisposable {
  /** Where it is mounted. */
  readonly dir: string
  /** Takes all its space, and whatever becomes free; disposing of the answer gives the space back. */
  fill(): Promise<AsyncDisposable>
}

/** Holds a log or a database of a proof of some hours; the file behind it takes only what is written. */
const diskBytes = 16 * 1024 ** 3
const topUpEveryMs = 100
/** What is left when it is not worth asking for more at once. */
const writtenBytes = 8 * 1024 * 1024

/** Why no small disk can be made on this machine, in words; undefined where one can. */
export async function whyNoSmallDisk(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'not available here: needs Linux'
  if (process.getuid?.() !== 0) return 'not available here: needs root, to mount a small disk'
  const missing = await Promise.all([
    access('/dev/loop-control').then(
      () => undefined,
      () => 'not available here: there are no loop devices',
    ),
    run('mkfs.ext4', ['-V']).then(
      () => undefined,
      () => 'not available here: needs mkfs.ext4',
    ),
  ])
  return missing.find((why) => why !== undefined) ?? (await whyNotMounted())
}

/** A container may have all of it and still not be allowed to mount: only trying tells. */
async function whyNotMounted(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'userflow-disk-'))
  try {
    await using _disk = await mountSmallDisk(join(folder, 'disk'))
    return undefined
  } catch (error) {
    return `not available here: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Makes one and mounts it at `dir`. It is unmounted when disposed of, and also when this process ends in any other way. */
export async function mountSmallDisk(dir: string): Promise<SmallDisk> {
  const image = `${dir}.disk`
  await mkdir(dir, { recursive: true })
  const file = await open(image, 'wx', 0o600)
  await file.truncate(diskBytes)
  await file.close()
  await run('mkfs.ext4', ['-q', '-m', '0', image])
  const guard = spawn('sh', ['-c', guarding, 'sh', image, dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: Ctrl-C in a terminal must not reach it before those who still use the disk.
    detached: true,
  })
  const ended = once(guard, 'exit')
  const [said] = (await Promise.race([once(guard.stdout, 'data'), ended])) as [unknown]
  if (String(said).trim() !== 'mounted') throw new Error(`a small disk could not be mounted at ${dir}`)
  return {
    dir,
    fill: () => holdFull(dir),
    async [Symbol.asyncDispose]() {
      guard.stdin.end()
      await ended
    },
  }
}

/** Waits for the end of its input, which comes with our own end too, and leaves nothing behind. */
const guarding = `mount -o loop "$1" "$2" && echo mounted && cat > /dev/null
umount "$2" || umount -l "$2"
rm -f "$1"; rmdir "$2"`

async function holdFull(dir: string): Promise<AsyncDisposable> {
  const ballast: string[] = []
  const take = async (): Promise<void> => {
    for (let share = 1; share > 1 / 64; ) {
      const { bavail, bsize } = await statfs(dir)
      const bytes = Math.floor(bavail * share) * bsize
      if (bytes < writtenBytes) break
      const path = join(dir, `ballast-${ballast.length}`)
      ballast.push(path)
      // Some of what is told as free is promised to others: less is asked for until it is given.
      await run('fallocate', ['-l', String(bytes), path]).catch(() => {
        share /= 2
      })
    }
    ballast.push(join(dir, `ballast-${ballast.length}`))
    await writeToTheEnd(ballast.at(-1)!)
  }
  let holding = true
  const hold = async (): Promise<void> => {
    while (holding) {
      await sleep(topUpEveryMs)
      const { bavail } = await statfs(dir)
      if (holding && bavail > 0) await take()
    }
  }
  const free = () => Promise.all(ballast.map((path) => rm(path, { force: true })))
  try {
    await take()
  } catch (error) {
    await free()
    throw error
  }
  const held = hold()
  return {
    async [Symbol.asyncDispose]() {
      holding = false
      // Space is given back even where it could not be held.
      try {
        await held
      } finally {
        await free()
      }
    },
  }
}

/** The last blocks, one by one. */
async function writeToTheEnd(path: string): Promise<void> {
  const file = await open(path, 'a')
  const block = Buffer.alloc(4_096)
  try {
    for (let blocks = 0; blocks < 10_000; blocks++) {
      await file.write(block)
      if (blocks % 256 === 255) await file.datasync()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await file.close()
  }
}
