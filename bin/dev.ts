import { type ChildProcess, spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// `npm run dev`: `npm start`, started again whenever code or SQL changes. (`node --watch` does not see the files of children.)

const root = join(import.meta.dirname, '..')
const watched = ['bin/start', 'clients', 'eventlog', 'gateway', 'proto/gen', 'runtime', 'sql', 'workers']
/** An editor writes several files at once. */
const settleMs = 300

let changed = Promise.withResolvers<string>()
for (const folder of watched) {
  watch(join(root, folder), { recursive: true }, (_, file) => {
    if (file && /\.(ts|sql)$/.test(file) && !/\.test\.ts$/.test(file)) changed.resolve(join(folder, file))
  })
}

let stopping = false
let child: ChildProcess
process.on('SIGINT', () => stop())
process.on('SIGTERM', () => stop())

function stop(): void {
  stopping = true
  child.kill('SIGINT')
}

while (!stopping) {
  child = spawn(process.execPath, [join(root, 'bin/start.ts')], { stdio: 'inherit', detached: true })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const file = await Promise.race([changed.promise, ended.then(() => undefined)])
  if (stopping) await ended
  else {
    // One that could not start waits for the next change.
    const cause = file ?? (await changed.promise)
    process.stdout.write(`\n${cause} changed; starting again\n`)
    child.kill('SIGINT')
    await ended
    await sleep(settleMs)
    changed = Promise.withResolvers()
  }
}
process.exit(0)
