import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** What `npm run check` asks, of a contract that was changed. */
async function check(change: (event: string) => string) {
  const dir = await mkdtemp(join(tmpdir(), 'userflow-contract-'))
  try {
    await cp(join(root, 'proto/userflow'), join(dir, 'proto/userflow'), { recursive: true })
    await cp(join(root, 'buf.yaml'), join(dir, 'buf.yaml'))
    const file = join(dir, 'proto/userflow/v1/event.proto')
    const before = await readFile(file, 'utf8')
    const after = change(before)
    if (before === after) throw new Error('the change changes nothing')
    await writeFile(file, after)
    const buf = join(root, 'node_modules/.bin/buf')
    const { status, stdout, stderr } = spawnSync(buf, ['breaking', '--against', join(root, 'proto/released.binpb')], {
      cwd: dir,
      encoding: 'utf8',
      timeout: 25_000,
    })
    return { status, words: stdout + stderr }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

test('a field that is removed, renumbered or of another type fails the check; one that is added does not', async () => {
  const removed = await check((event) => event.replace('  string title = 2;\n', ''))
  expect(removed).toMatchObject({ status: 100, words: expect.stringContaining('field "2" with name "title"') })
  expect(await check((event) => event.replace('string title = 2', 'string title = 4'))).toMatchObject({ status: 100 })
  expect(await check((event) => event.replace('string title = 2', 'bytes title = 2'))).toMatchObject({ status: 100 })
  const added = await check((event) => event.replace('string title = 2;', 'string title = 2;\n  string subtitle = 4;'))
  expect(added, added.words).toMatchObject({ status: 0 })
})
