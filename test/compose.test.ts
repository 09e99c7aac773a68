import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gatewayVariables, readGatewayConfig } from '../gateway/config.ts'
import { readWorkerConfig } from '../workers/config.ts'

type Tree = { [key: string]: Tree | string | string[] }
const root = join(import.meta.dirname, '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Reads the part of YAML that the compose file keeps to: maps by indentation, lists of one-line texts, JSON lists. */
function readTree(text: string): Tree {
  const top: Tree = {}
  const open: { indent: number; map: Tree; key: string }[] = [{ indent: -1, map: { top }, key: 'top' }]
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    const indent = line.search(/\S/)
    while (open.at(-1)!.indent >= indent) open.pop()
    const { map, key } = open.at(-1)!
    const item = /^\s*- (.+)$/.exec(line)
    const pair = /^\s*([\w-]+):(?: (.+))?$/.exec(line)
    if (item) map[key] = [...(Array.isArray(map[key]) ? map[key] : []), scalar(item[1]!)]
    else if (pair) {
      const parent = map[key] as Tree
      const value = pair[2]
      parent[pair[1]!] =
        value === undefined ? {} : value.startsWith('[') ? (JSON.parse(value) as string[]) : scalar(value)
      open.push({ indent, map: parent, key: pair[1]! })
    } else throw new Error(`line ${index + 1} is not what this reader knows: ${line}`)
  }
  return top
}

const scalar = (text: string): string => (text.startsWith('"') ? (JSON.parse(text) as string) : text)

const compose = readTree(read('docker-compose.yml'))
const services = compose.services as Record<string, Tree>
/** The variables of a service as compose would fill them in: defaults where there are any, else a text long enough for all. */
const variablesOf = (service: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(services[service]!.environment as Record<string, string>).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+(?::-([^}]*))?[^}]*\}/g, (_, fallback?: string) => fallback ?? 'a-text-of-twenty-chars'),
    ]),
  )

test('the gateway accepts its variables, and knows every one of them', () => {
  const variables = variablesOf('gateway')
  expect(gatewayVariables).toEqual(expect.arrayContaining(Object.keys(variables)))
  expect(readGatewayConfig(variables)).toMatchObject({ host: '0.0.0.0', kafkaBrokers: ['kafka:9092'] })
})

test('the worker accepts its variables, and reads every one of them', () => {
  const variables = variablesOf('worker')
  expect(readWorkerConfig(variables)).toMatchObject({ host: '0.0.0.0', kafkaBrokers: ['kafka:9092'] })
  for (const name of Object.keys(variables)) expect(read('workers/config.ts')).toContain(name)
})

test('gateway and worker meet at the same log and the same database', () => {
  const [gateway, worker, migrate] = ['gateway', 'worker', 'migrate'].map(variablesOf)
  expect(worker!.KAFKA_BROKERS).toBe(gateway!.KAFKA_BROKERS)
  expect(new Set([gateway!.DATABASE_URL, worker!.DATABASE_URL, migrate!.DATABASE_URL]).size).toBe(1)
})

test('published ports are those the processes listen on, and open on this machine only', () => {
  const gateway = readGatewayConfig(variablesOf('gateway'))
  const inside = [gateway.httpPort, gateway.grpcPort, gateway.metricsPort]
  expect(services.gateway!.ports).toEqual(inside.map((port) => `127.0.0.1:${port}:${port}`))
  const { metricsPort } = readWorkerConfig(variablesOf('worker'))
  expect(services.worker!.ports).toEqual([`127.0.0.1:${metricsPort}:${metricsPort}`])
  expect(services.kafka!.ports ?? services.postgres!.ports).toBeUndefined()
})

test('what runs for long has a health check and is started again; commands name files that exist', () => {
  for (const [name, service] of Object.entries(services)) {
    if (name !== 'migrate')
      expect([name, service.restart, service.healthcheck]).toEqual([name, 'unless-stopped', expect.anything()])
    const [program, file] = (service.command as string[] | undefined) ?? []
    if (program === 'node') expect([file, existsSync(join(root, file!))]).toEqual([file, true])
  }
})

test('data lies in volumes that are declared, and images are pinned', () => {
  const volumes = Object.keys(compose.volumes as Tree)
  for (const service of Object.values(services)) {
    for (const mount of (service.volumes as string[] | undefined) ?? []) expect(volumes).toContain(mount.split(':')[0])
    if (service.image !== 'userflow') expect(service.image).toMatch(/:\d+\.\d+/)
  }
  expect(services.migrate!.build).toMatchObject({ dockerfile: 'deploy/Dockerfile' })
})

test('the image holds every folder the processes import, runs as no root, and leaves secrets and data out', () => {
  const dockerfile = read('deploy/Dockerfile')
  const ignore = read('.dockerignore').split('\n')
  expect(dockerfile).toMatch(/^USER node$/m)
  expect(ignore[0]).toBe('*')
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources]) => sources!.split(' '))
  for (const source of copied) {
    expect(existsSync(join(root, source))).toBe(true)
    expect(ignore).toContain(`!${source}`)
  }
  expect(copied).toEqual(expect.arrayContaining(['proto', 'runtime', 'sql', 'eventlog', 'gateway', 'workers', 'bin']))
})
