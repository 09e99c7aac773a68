import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestGateway } from './support/gateway.ts'
import { startTestWorker, testThreads } from './support/worker.ts'

const root = join(import.meta.dirname, '..')
const rules = readFileSync(join(root, 'deploy', 'alerts.yml'), 'utf8')
const operations = readFileSync(join(root, 'docs', 'operations.md'), 'utf8')

const namesIn = (text: string): string[] => [...new Set(text.match(/\buserflow_[a-z_]+/g))]

/** Every figure that a gateway and a worker serve, histograms by the names of their parts too. */
async function servedNames(): Promise<Set<string>> {
  await using it = await startTestGateway()
  await using threads = testThreads()
  await using worker = await startTestWorker({ url: it.databaseUrl, log: it.log, threads })
  const page = await fetch(`http://127.0.0.1:${it.gateway.metricsPort}/metrics`)
  const served = (await page.text()) + (await worker.registry.metrics())
  const figures = [...served.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  return new Set(
    figures.flatMap(([, name, kind]) =>
      kind === 'histogram' ? [name!, `${name}_bucket`, `${name}_count`, `${name}_sum`] : [name!],
    ),
  )
}

test('every figure that an alert or the handbook names is served by a gateway or a worker', async () => {
  const served = await servedNames()
  expect(namesIn(rules).length).toBeGreaterThan(8)
  expect([...namesIn(rules), ...namesIn(operations)].filter((name) => !served.has(name))).toEqual([])
})

test('every alert tells the operator what to do, and the handbook has a section for each', () => {
  const alerts = rules.split(/^ {6}- alert: /m).slice(1)
  for (const alert of alerts) expect(alert, alert.split('\n')[0]!).toMatch(/summary: >-\n {12}\S.{40,}/)
  const names = alerts.map((alert) => alert.split('\n')[0]!)
  const sections = [...operations.matchAll(/^### (UserFlow\w+)$/gm)].map((match) => match[1])
  expect(sections).toEqual(names)
})

test.each([
  ['the rules are ones that Prometheus takes', ['check', 'rules', 'alerts.yml']],
  ['a healthy system raises nothing, and each fault raises its alert', ['test', 'rules', 'alerts.test.yml']],
])('%s, where its promtool is installed', (_, words) => {
  const checked = spawnSync('promtool', words, { cwd: join(root, 'deploy'), encoding: 'utf8' })
  // It comes with Prometheus and with no package of npm; where it is not on the PATH, this test says nothing.
  if (checked.error) return expect(checked.error).toMatchObject({ code: 'ENOENT' })
  expect(checked.stdout + checked.stderr).toContain('SUCCESS')
  expect(checked.status).toBe(0)
})
