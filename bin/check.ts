import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// `npm run check`: everything static that CI does. The rules of the house itself are tests (test/architecture.test.ts).

interface Step {
  readonly name: string
  readonly run: () => boolean | Promise<boolean>
}

const command =
  (program: string, ...words: string[]) =>
  (): boolean =>
    spawnSync(program, words, { stdio: 'inherit' }).status === 0

const steps: readonly Step[] = [
  { name: 'types (tsc)', run: command('tsc') },
  { name: 'types of what runs in browsers (tsc)', run: command('tsc', '-p', 'clients/browser') },
  { name: 'types of the console (tsc)', run: command('tsc', '-p', 'console') },
  { name: 'format and lint (biome)', run: command('biome', 'check', '--error-on-warnings', '.') },
  { name: 'nothing unused (knip)', run: command('knip') },
  { name: 'contract style (buf lint)', run: command('buf', 'lint') },
  { name: 'contract breaks nothing released (buf breaking)', run: breaksNothing },
  { name: 'generated code is current (buf generate)', run: generatedIsCurrent },
  { name: 'house rules (architecture, documents)', run: command('vitest', 'run', '--project', 'unit', 'test/') },
]

/** The image of the last release lies beside the contract; a release replaces it. */
function breaksNothing(): boolean {
  if (!existsSync('proto/released.binpb')) return false
  return command('buf', 'breaking', '--against', 'proto/released.binpb')()
}

async function generatedIsCurrent(): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), 'userflow-proto-'))
  try {
    if (!command('buf', 'generate', '--output', dir)()) return false
    const [fresh, kept] = await Promise.all([readTree(join(dir, 'proto/gen')), readTree('proto/gen')])
    const stale = [...new Set([...fresh.keys(), ...kept.keys()])].filter((name) => fresh.get(name) !== kept.get(name))
    if (stale.length > 0) process.stderr.write(`Run \`npm run proto\`; these differ: ${stale.join(', ')}\n`)
    return stale.length === 0
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function readTree(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(files.map(async (file) => [file.slice(dir.length), await readFile(file, 'utf8')] as const)),
  )
}

const failed: string[] = []
for (const step of steps) {
  process.stdout.write(`\n── ${step.name}\n`)
  if (!(await step.run())) failed.push(step.name)
}
process.stdout.write(failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.join('; ')}\n`)
process.exitCode = failed.length === 0 ? 0 : 1
