// The page that an application's author reads first: its program runs as printed, and its options are the client's.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { testDatabase } from '../../test/support/postgres.ts'
import { freePlace, startSystem } from '../../test/support/running-system.ts'
import { resolveOptions } from './options.ts'

const run = promisify(execFile)
const page = await readFile(join(import.meta.dirname, 'README.md'), 'utf8')
const root = join(import.meta.dirname, '..', '..')

/** The first block of the page in this language; empty: one without a language. */
const block = (language: string): string => {
  const found = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(
    language ? page : page.slice(page.indexOf('It prints')),
  )
  if (!found) throw new Error(`the page has no block of ${language || 'output'}`)
  return found[1]!
}

test('the program of the page prints what the page says, and its events are stored', async () => {
  await using stack = new AsyncDisposableStack()
  const dataDir = await mkdtemp(join(tmpdir(), 'userflow-readme-'))
  stack.defer(() => rm(dataDir, { recursive: true, force: true }))
  const place = await freePlace(join(dataDir, 'data'))
  // Below a private folder root's cluster lies elsewhere.
  stack.defer(async () => {
    const elsewhere = await readlink(join(place.dataDir, 'postgres')).catch(() => undefined)
    if (elsewhere) await rm(elsewhere, { recursive: true, force: true })
  })
  const system = stack.use(await startSystem(place))
  const { stdout, stderr } = await run(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-e', block('ts')],
    {
      cwd: root,
      env: { USERFLOW_ADDRESS: `127.0.0.1:${place.grpcPort}`, USERFLOW_KEY: system.keys.secretKey },
      timeout: 30_000,
    },
  )
  expect({ stdout, stderr }).toEqual({ stdout: block(''), stderr: '' })
  await using database = testDatabase(system.databaseUrl)
  const read = () =>
    database.query(
      'select event_type, event_name, user_id, page_url, metadata from user_events order by event_type, event_name',
    )
  await expect.poll(read, { timeout: 30_000 }).toEqual([
    { event_type: 'click', event_name: null, user_id: '7', page_url: 'https://example.com/plans', metadata: null },
    { event_type: 'custom', event_name: 'payment', user_id: '7', page_url: null, metadata: { amount: 49 } },
    { event_type: 'custom', event_name: 'signup', user_id: '7', page_url: null, metadata: { plan: 'pro', seats: 3 } },
    { event_type: 'page_view', event_name: null, user_id: '7', page_url: 'https://example.com/plans', metadata: null },
  ])
}, 120_000)

test('the page names every option with its default', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (?:`([^`]+)`|[^|]+) \|/gm)].map(
    ([, name, value]) => [name!, value] as const,
  )
  const told = new Map(rows.slice(rows.findIndex(([name]) => name === 'address')))
  const resolved = resolveOptions({ address: 'localhost:1', key: 'k' })
  const optional = ['onRejected', 'onGivenUp', 'traceContext']
  expect([...told.keys()].sort()).toEqual([...Object.keys(resolved), ...optional].sort())
  for (const [name, value] of told)
    if (value) expect([name, value]).toEqual([name, String(resolved[name as 'transport'])])
})
