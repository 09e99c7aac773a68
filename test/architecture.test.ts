import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Which folders a folder may import from; ARCHITECTURE.md gives the reasons. A longer name wins over a shorter one. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  'proto/gen': [],
  runtime: [],
  sql: ['runtime'],
  eventlog: ['proto/gen', 'runtime'],
  gateway: ['proto/gen', 'runtime', 'sql', 'eventlog'],
  workers: ['proto/gen', 'runtime', 'sql', 'eventlog', 'workers/enrich', 'workers/sessionize'],
  'workers/enrich': ['proto/gen'],
  'workers/sessionize': ['proto/gen'],
  clients: ['proto/gen'],
  console: ['proto/gen', 'clients'],
  bin: ['proto/gen', 'runtime', 'sql', 'eventlog', 'gateway', 'workers', 'workers/enrich', 'clients'],
  loadtest: [],
}

/** Packages that pure folders must not use: no database, no log, no clock, no environment. */
const pure = ['workers/enrich', 'workers/sessionize']
const pureAllowed = [
  /^@bufbuild\/protobuf/,
  /^ua-parser-js$/,
  /^isbot$/,
  /^node:crypto$/,
  /^fast-check$/,
  /^vitest$/,
  /^\./,
]

/** Files that may read the environment: composition roots. */
const roots = [/^gateway\/main\.ts$/, /^workers\/main\.ts$/, /^mcp\/main\.ts$/, /^bin\/[^/]+\.ts$/]

/** Words that say nothing about what a file is for. */
const magnets = /^(utils?|helpers?|common|types|misc|shared)\.tsx?$|-(service|manager|handler|impl)\.tsx?$/

const files = sourceFiles(root)
const source = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
const imports = new Map(files.map((file) => [file, importsOf(file)]))

describe('the house', () => {
  test('there are files to check', () => {
    expect(files.length).toBeGreaterThan(50)
  })

  test('a folder imports only from the folders it may', () => {
    const wrong: string[] = []
    for (const [file, targets] of imports) {
      const from = folderOf(file)
      if (isTest(file) || !from) continue
      for (const target of targets.filter((one) => one.startsWith('.'))) {
        const to = folderOf(posix.join(dirname(file), target))
        if (to !== from && !(to && mayImport[from]?.includes(to))) wrong.push(`${file} imports ${target}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('relative imports name a file that exists, with its ending', () => {
    const wrong = [...imports].flatMap(([file, targets]) =>
      targets
        .filter((target) => target.startsWith('.') && !existsSync(join(root, dirname(file), target)))
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  test('there are no cycles', () => {
    expect(findCycle()).toBeUndefined()
  })

  test('pure folders use nothing that is not pure', () => {
    const wrong: string[] = []
    for (const [file, targets] of imports) {
      if (!pure.some((folder) => file.startsWith(`${folder}/`)) || isTest(file)) continue
      for (const target of targets) if (!pureAllowed.some((one) => one.test(target))) wrong.push(`${file}: ${target}`)
      if (/\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\./.test(source.get(file) ?? '')) {
        wrong.push(`${file}: a clock, chance or the process`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('only composition roots read the environment', () => {
    const wrong = [...source].filter(
      ([file, text]) =>
        /\bprocess\.env\b|\bprocessEnv\(/.test(text) &&
        !isTest(file) &&
        file !== 'runtime/env.ts' &&
        !file.startsWith('test/support/') &&
        !file.startsWith('loadtest/') &&
        !roots.some((one) => one.test(file)),
    )
    expect(wrong.map(([file]) => file)).toEqual([])
  })

  test('no file is longer than 250 lines', () => {
    const long = [...source].filter(([file, text]) => !isTest(file) && text.split('\n').length > 251)
    expect(long.map(([file]) => file)).toEqual([])
  })

  test('no file has a name that attracts anything', () => {
    expect(files.filter((file) => magnets.test(basename(file)))).toEqual([])
  })

  test('no function takes more than three parameters', () => {
    // Declarations and methods; a type parameter or default holding a comma inside brackets is not counted.
    const wrong: string[] = []
    for (const [file, text] of source) {
      for (const match of text.matchAll(/\bfunction\*?\s+(\w+)\s*(?:<[^>]*>)?\(([^()]*)\)/g)) {
        const parameters = (match[2] ?? '').replace(/\{[^}]*\}|<[^>]*>|\[[^\]]*\]/g, '').split(',')
        if (parameters.filter((one) => one.trim() !== '').length > 3) wrong.push(`${file}: ${match[1]}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('nothing is left open or skipped', () => {
    const open = /\b(TODO|FIXME|XXX|HACK)\b|not implemented|\b(it|test|describe)\.(skip|only|todo)\(/
    const wrong = [...source].filter(([file, text]) => file !== 'test/architecture.test.ts' && open.test(text))
    expect(wrong.map(([file]) => file)).toEqual([])
  })
})

function sourceFiles(dir: string): string[] {
  const skip = new Set(['node_modules', '.git', '.data', '.cache', 'coverage', 'dist', 'gen', 'k6'])
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (skip.has(entry.name)) return []
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return sourceFiles(path)
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [relative(root, path)] : []
  })
}

function importsOf(file: string): string[] {
  const text = source.get(file) ?? ''
  const found = text.matchAll(
    /^\s*(?:import|export)\s[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function folderOf(file: string): string | undefined {
  return Object.keys(mayImport)
    .filter((folder) => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0]
}

function isTest(file: string): boolean {
  return /\.(test|case)\.tsx?$/.test(file) || file.startsWith('test/')
}

function findCycle(): string | undefined {
  const state = new Map<string, 'open' | 'done'>()
  const visit = (file: string, road: readonly string[]): string | undefined => {
    if (state.get(file) === 'open') return [...road, file].join(' → ')
    if (state.has(file)) return undefined
    state.set(file, 'open')
    for (const target of imports.get(file) ?? []) {
      const next = target.startsWith('.') ? posix.join(dirname(file), target) : undefined
      const cycle = next && imports.has(next) ? visit(next, [...road, file]) : undefined
      if (cycle) return cycle
    }
    state.set(file, 'done')
    return undefined
  }
  for (const file of files) {
    const cycle = visit(file, [])
    if (cycle) return cycle
  }
  return undefined
}
