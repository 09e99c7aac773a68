import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { startVariables } from '../bin/start/config.ts'
import { gatewayVariables } from '../gateway/config.ts'
import { workerVariables } from '../workers/config.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
const documents = markdownFiles(root)

test('docs/configuration.md lists the variables that the code reads, each with its readers, and no other', () => {
  const rows = read('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)
  const listed = new Map([...rows].map((row) => [row[1] as string, row[2] as string]))
  const readers = { start: startVariables, gateway: gatewayVariables, worker: workerVariables }
  for (const [reader, names] of Object.entries(readers)) {
    // What the children of `npm start` read themselves is theirs in the table, unless it changes what start does.
    const own = [...listed].filter(([, who]) => who.split(', ').includes(reader)).map(([name]) => name)
    expect({ reader, names: own.sort() }).toEqual({ reader, names: [...names].sort() })
  }
  const known = new Set(Object.values(readers).flat())
  expect([...listed.keys()].filter((name) => !known.has(name))).toEqual([])
})

test('what a document names in the tree exists', () => {
  const wrong: string[] = []
  // What is built on the machine is there only after it was built.
  const built = read('.gitignore').split('\n').filter(Boolean)
  const isBuilt = (path: string): boolean => built.some((one) => `${path}/`.includes(one))
  for (const document of documents) {
    for (const [, path] of read(document).matchAll(/`((?:[\w.-]+\/)+[\w.*-]*)`/g)) {
      const top = path?.split('/')[0] ?? ''
      if (!path || path.includes('*') || !existsSync(join(root, top)) || isBuilt(path)) continue
      if (!existsSync(join(root, path))) wrong.push(`${document}: ${path}`)
    }
    for (const [, target] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      if (!existsSync(join(root, dirname(document), target ?? ''))) wrong.push(`${document}: (${target})`)
    }
  }
  expect(wrong).toEqual([])
})

test('every command a document shows exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const shown = documents.flatMap((document) =>
    [...read(document).matchAll(/npm run ([\w:-]+)/g)].map((match) => `${document}: ${match[1]}`),
  )
  expect(shown.filter((one) => !scripts[one.split(': ')[1] as string])).toEqual([])
  for (const script of Object.values(scripts)) {
    const file = /^node (?:--\S+ )*(\S+\.ts)/.exec(script)?.[1]
    if (file) expect(existsSync(join(root, file)), file).toBe(true)
  }
})

test('ARCHITECTURE.md names files for every stop, and each is under 250 lines', () => {
  const stops = read('ARCHITECTURE.md').match(/^\| \d+ \|.*$/gm) ?? []
  expect(stops.length).toBe(10)
  for (const stop of stops) {
    const files = [...stop.matchAll(/`([\w/.-]+\.(?:ts|sql|proto))`/g)].map((match) => match[1] as string)
    expect(files.length, stop).toBeGreaterThan(0)
    for (const file of files) expect(read(file).split('\n').length, file).toBeLessThanOrEqual(250)
  }
})

test('every decision says what was decided and why', () => {
  for (const file of documents.filter((one) => one.startsWith('docs/decisions/'))) {
    for (const heading of ['## Decision', '## Why']) expect(read(file), file).toContain(heading)
  }
})

function markdownFiles(dir: string): string[] {
  const skip = new Set(['node_modules', '.git', '.data', '.cache'])
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (skip.has(entry.name)) return []
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return markdownFiles(path)
    return entry.name.endsWith('.md') ? [relative(root, path)] : []
  })
}
