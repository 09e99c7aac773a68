import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** Where the console's sources lie. */
export const consoleDir = join(root, 'console')

/** Where the built console lies; the gateway reads it by this path. */
export const distDir = join(consoleDir, 'dist')

/** What the build is made from besides the console itself: the contract and the libraries' versions. */
const others = [join(root, 'proto', 'gen'), join(root, 'package-lock.json'), join(root, 'bin', 'console')]

/** A hash of everything the console is built from: equal hashes make equal builds. */
export async function hashSources(): Promise<string> {
  const files = (await Promise.all([consoleDir, ...others].map(filesBelow))).flat().sort()
  const texts = await Promise.all(files.map((file) => readFile(file)))
  const hash = createHash('sha256')
  for (const [at, file] of files.entries()) {
    hash.update(`${relative(root, file)}\n`).update(texts[at] ?? '')
  }
  return hash.digest('hex').slice(0, 16)
}

async function filesBelow(path: string): Promise<string[]> {
  // A build that was interrupted lies beside the one that was not.
  if (path === distDir || path.startsWith(`${distDir}-`)) return []
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (!entries) return [path]
  const files = entries.filter(({ name }) => !/\.test\.tsx?$/.test(name))
  return (await Promise.all(files.map(({ name }) => filesBelow(join(path, name))))).flat()
}

/** Whether the console is built from the sources as they are. */
export async function isFresh(): Promise<boolean> {
  const manifest = await readFile(join(distDir, 'console.json'), 'utf8').catch(() => '{}')
  return (JSON.parse(manifest) as { sources?: string }).sources === (await hashSources())
}
