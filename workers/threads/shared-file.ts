import { closeSync, openSync, readSync, statSync } from 'node:fs'

/**
 * A file that several threads read through one memory. The memory is reserved at once and untouched, so it costs nothing
 * until the first thread asks for the bytes and reads the file into it; the others then wait for that one.
 */
export interface SharedFile {
  readonly path: string
  readonly bytes: SharedArrayBuffer
  /** One Int32: 0 nothing yet, 1 being read, 2 there, 3 could not be read. */
  readonly state: SharedArrayBuffer
}

const nothingYet = 0
const beingRead = 1
const there = 2
const failed = 3

/** Reserves memory for the file. @throws if there is no such file. */
export function reserveFile(path: string): SharedFile {
  return { path, bytes: new SharedArrayBuffer(statSync(path).size), state: new SharedArrayBuffer(4) }
}

/** The file's bytes, read at the first call of any thread; undefined if that failed. */
export function sharedBytes(file: SharedFile): Buffer | undefined {
  const state = new Int32Array(file.state)
  if (Atomics.compareExchange(state, 0, nothingYet, beingRead) === nothingYet) {
    Atomics.store(state, 0, readInto(file) ? there : failed)
    Atomics.notify(state, 0)
  }
  // Half a minute is far more than reading takes; a thread that died while reading must not stop the others for ever.
  if (Atomics.wait(state, 0, beingRead, 30_000) === 'timed-out') return undefined
  return Atomics.load(state, 0) === there ? Buffer.from(file.bytes) : undefined
}

function readInto({ path, bytes }: SharedFile): boolean {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, 'r')
    const target = new Uint8Array(bytes)
    let at = 0
    while (at < target.length) {
      const read = readSync(descriptor, target, at, target.length - at, at)
      if (read === 0) return false
      at += read
    }
    return true
  } catch {
    // The caller goes on without the file and says so.
    return false
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
