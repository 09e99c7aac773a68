import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build } from 'vite'
import { consoleDir, distDir, hashSources } from './sources.ts'

/** A built file as it goes over the wire. */
export interface BuiltFile {
  /** Its address, such as "/assets/index-1a2b3c4d.js". */
  readonly path: string
  readonly bytes: number
  readonly gzipBytes: number
  /** Needed before the overview shows: the page, its entry and what that imports, the shell and the screen, without charts. */
  readonly firstLoad: boolean
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** A chunk in Vite's own manifest. */
interface Chunk {
  readonly file: string
  readonly css?: readonly string[]
  readonly imports?: readonly string[]
}

/** Modules loaded before the overview shows. */
const firstModules = ['index.html', 'screens/overview/screen.tsx']

/**
 * Builds the console, for production if NODE_ENV says nothing else, and compresses every file once, so that the gateway only copies bytes. The result takes the place of the
 * one before in one step: a gateway that reads meanwhile sees either.
 */
export async function buildConsole(to: string = distDir): Promise<readonly BuiltFile[]> {
  await mkdir(dirname(to), { recursive: true })
  const sources = await hashSources()
  await removeAbandoned(to)
  const dir = await mkdtemp(`${to}-${process.pid}-`)
  try {
    await runVite(dir)
    const manifest = JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8')) as Record<string, Chunk>
    await rm(join(dir, 'manifest.json'))
    const first = firstFiles(manifest)
    const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    const files = await Promise.all(
      names.map(async (entry) => {
        const file = join(entry.parentPath, entry.name)
        const path = file.slice(dir.length)
        return { path, ...(await compress(file)), firstLoad: first.has(path) }
      }),
    )
    const html = await readFile(join(dir, 'index.html'), 'utf8')
    const listed = Object.fromEntries(
      files.map(({ path }) => [path, types[extname(path)] ?? 'application/octet-stream']),
    )
    await writeFile(
      join(dir, 'console.json'),
      JSON.stringify({ sources, scriptHashes: scriptHashes(html), files: listed }),
    )
    await replace(dir, to)
    return files.sort((a, b) => b.gzipBytes - a.gzipBytes)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Takes away what builds left that were interrupted: those of processes that are no more. */
async function removeAbandoned(to: string): Promise<void> {
  const left = new RegExp(`^${basename(to)}-(\\d+)-\\w{6}(-old)?$`)
  for (const name of await readdir(dirname(to))) {
    const [, pid] = left.exec(name) ?? []
    if (pid && !isAlive(Number(pid))) await rm(join(dirname(to), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process lives too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function runVite(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: consoleDir,
    logLevel: 'warn',
    plugins: [react(), tailwindcss()],
    build: {
      outDir,
      emptyOutDir: false,
      manifest: 'manifest.json',
      target: 'es2022',
      modulePreload: { polyfill: false },
      // Inlined files would need an exception in the content security policy.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1_000,
    },
  })
}

function firstFiles(manifest: Readonly<Record<string, Chunk>>): ReadonlySet<string> {
  const found = new Set(['/index.html'])
  const add = (name: string): void => {
    const chunk = manifest[name]
    if (!chunk) throw new Error(`the build has no ${name}`)
    if (found.has(`/${chunk.file}`)) return
    for (const file of [chunk.file, ...(chunk.css ?? [])]) found.add(`/${file}`)
    for (const one of chunk.imports ?? []) add(one)
  }
  for (const name of firstModules) add(name)
  return found
}

async function compress(file: string): Promise<{ bytes: number; gzipBytes: number }> {
  const text = await readFile(file)
  const gzip = gzipSync(text, { level: 9 })
  const br = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } })
  await Promise.all([writeFile(`${file}.gz`, gzip), writeFile(`${file}.br`, br)])
  return { bytes: text.length, gzipBytes: gzip.length }
}

/** What the page's own inline script is known by to the content security policy. */
const scriptHashes = (html: string): string[] =>
  [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, text = '']) => `sha256-${createHash('sha256').update(text).digest('base64')}`,
  )

/** Two builds at once end with one of them: both are the same. */
async function replace(dir: string, to: string): Promise<void> {
  const old = `${dir}-old`
  await rename(to, old).catch(ignoreMissing)
  await rename(dir, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  await rm(old, { recursive: true, force: true })
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
