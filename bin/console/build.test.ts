import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type BuiltFile, buildConsole } from './build.ts'

/** As docs/console.md promises. */
const mostFirstLoadBytes = 200_000

let dir: string
let to: string
let files: readonly BuiltFile[]
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'userflow-build-'))
  to = join(dir, 'dist')
  vi.stubEnv('NODE_ENV', 'production')
  // A process's id is at most 4,194,304 on Linux and 99,998 on macOS.
  await mkdir(`${to}-999999999-abc123`)
  await mkdir(`${to}-${process.pid}-abc123`)
  files = await buildConsole(to)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(dir, { recursive: true, force: true })
})

test('what is loaded before the overview shows is at most 200 KB gzipped, and the charts are not in it', () => {
  const first = files.filter(({ firstLoad }) => firstLoad)
  expect(first.map(({ path }) => path)).toContain('/index.html')
  expect(first.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)).toBeLessThanOrEqual(mostFirstLoadBytes)
  const charts = files.find(({ path }) => path.includes('time-chart'))
  expect(charts?.firstLoad).toBe(false)
})

test('the page takes nothing from elsewhere, and its inline script is named by its hash', async () => {
  const html = await readFile(join(to, 'index.html'), 'utf8')
  expect(
    [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address).filter((one) => !one?.startsWith('/')),
  ).toEqual([])
  expect(html).not.toMatch(/\son\w+=|javascript:/)
  const { scriptHashes } = JSON.parse(await readFile(join(to, 'console.json'), 'utf8')) as { scriptHashes: string[] }
  expect(scriptHashes).toHaveLength(1)
})

test('every file lies there compressed too, and no text of ours or of a library asks for eval', async () => {
  for (const { path } of files.filter((file) => file.path.endsWith('.js'))) {
    const text = await readFile(join(to, path), 'utf8')
    expect(gunzipSync(await readFile(join(to, `${path}.gz`))).toString()).toBe(text)
    expect(text).not.toMatch(/\beval\(|new Function\(/)
  }
})

test('a build takes away what an interrupted one left, and nothing of one that runs', async () => {
  expect((await readdir(dir)).toSorted()).toEqual(['dist', `dist-${process.pid}-abc123`])
})
