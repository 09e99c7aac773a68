import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collects the garbage of a start: reading and compiling hundreds of files leaves about 40 MB of it, which a process that then
 * has little to do would keep. Takes some 50 ms.
 */
export function giveBackMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/**
 * Lets the heap grow to twice what is alive in it before all of it is collected. Requests pass through as buffers, which V8
 * counts as memory that a collection of the whole heap would free: it made one for every 10,000 events, and read 35 MB of
 * code and objects each time, which never change. To four times would halve what is left of them, but exports then take
 * 200 MB instead of 169 (docs/performance.md, "Steps" and "Exports").
 */
export function collectSeldom(): void {
  setFlagsFromString('--heap-growing-percent=100')
}
