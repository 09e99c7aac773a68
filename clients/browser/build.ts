import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const here = import.meta.dirname

/** A built file: its name in `dist/` and its text. */
export interface Built {
  readonly name: string
  readonly code: string
}

/** Where the built files lie, checked in, so that nobody who starts the system has to build. */
export const distDir = join(here, 'dist')

/** Bytes of the file as a browser loads it. */
export const gzipBytes = ({ code }: Built): number => gzipSync(code, { level: 9 }).length

/** Builds the core and the parts it loads when they are needed. The core knows the parts by the hash of their text. */
export async function buildTracker(): Promise<readonly Built[]> {
  const auto = { name: 'tracker-auto.js', code: await bundle('auto/capture.ts', 'es') }
  const keep = { name: 'tracker-keep.js', code: await bundle('keep.ts', 'es') }
  const core = await bundle('script.ts', 'iife', { autoPart: partName(auto), keepPart: partName(keep) })
  return [{ name: 'tracker.js', code: core }, auto, keep]
}

/** As the gateway calls it: "tracker-auto.0123456789.js". */
const partName = ({ name, code }: Built): string =>
  name.replace('.js', `.${createHash('sha256').update(code).digest('hex').slice(0, 10)}.js`)

async function bundle(entry: string, format: 'es' | 'iife', define: Record<string, string> = {}): Promise<string> {
  const texts = Object.entries(define).map(([name, text]) => [name, JSON.stringify(text)])
  const build = await rolldown({
    input: join(here, entry),
    platform: 'browser',
    transform: { target: 'es2022', define: Object.fromEntries(texts) },
  })
  try {
    const { output } = await build.generate({ format, minify: true, comments: false })
    const [chunk, ...others] = output
    if (others.length > 0) throw new Error(`${entry} was built to more than one file`)
    return chunk.code.trim() + '\n'
  } finally {
    await build.close()
  }
}
