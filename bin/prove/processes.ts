import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Env } from '../../runtime/env.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type Supervised, supervise } from '../start/supervise.ts'
import { freePorts } from './free-ports.ts'

/** A process of the system. */
export interface PartProcess extends Supervised {
  /** gateway-1, worker-2 and so on. */
  readonly name: string
  readonly role: 'gateway' | 'worker'
  /** Port of its figures, the same in each of its lives. */
  readonly metricsPort: number
}

/** A gateway with its addresses. */
export interface GatewayProcess extends PartProcess {
  /** host:port of the gRPC door. */
  readonly grpc: string
  /** Base address of the HTTP door. */
  readonly http: string
}

/** Gateways and workers as processes of their own, started again when they die. Their words go to files of the folder. */
export interface Processes {
  readonly gateways: readonly GatewayProcess[]
  /** Those that run; `stopWorkers` empties it. */
  readonly workers: readonly PartProcess[]
  /** Starts one more and waits until it is ready. */
  startWorker(): Promise<void>
  /** Stops all workers in order. */
  stopWorkers(): Promise<void>
}

/** What they are started with. `ports`: two for each gateway. */
export interface ProcessesPlan {
  readonly folder: string
  readonly logger: Logger
  readonly gatewayEnv: Env
  readonly workerEnv: Env
  readonly ports: readonly number[]
  readonly workers: number
}

const stopWithinMs = 10_000

/** Starts them; resolves when all are ready. They are stopped when `stack` is disposed of. */
export async function startProcesses(plan: ProcessesPlan, stack: AsyncDisposableStack): Promise<Processes> {
  const { folder, logger } = plan
  const start = async (role: PartProcess['role'], number: number, env: Env): Promise<PartProcess> => {
    const name = `${role}-${number}`
    const path = join(folder, `${name}.log`)
    const descriptor = openSync(path, 'a')
    stack.defer(() => closeSync(descriptor))
    const [metricsPort = 0] = await freePorts(1)
    const module = new URL(modules[role], import.meta.url)
    const own = { ...env, METRICS_PORT: String(metricsPort) }
    const child = stack.use(supervise({ name, module, env: own, logger, stopWithinMs, output: { descriptor, path } }))
    return withMore(child, { name, role, metricsPort })
  }
  const startGateway = async (_: unknown, at: number): Promise<GatewayProcess> => {
    const [http, grpc] = plan.ports.slice(2 * at).map(String)
    const child = await start('gateway', at + 1, { ...plan.gatewayEnv, HTTP_PORT: http, GRPC_PORT: grpc })
    return withMore(child, { http: `http://127.0.0.1:${http}`, grpc: `127.0.0.1:${grpc}` })
  }
  const workers: PartProcess[] = []
  let number = 0
  const startWorker = async (): Promise<void> => {
    const worker = await start('worker', ++number, plan.workerEnv)
    workers.push(worker)
    await worker.ready
  }
  const stopWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker[Symbol.asyncDispose]()))
  }
  const [gateways] = await Promise.all([
    Promise.all(Array.from({ length: plan.ports.length / 2 }, startGateway)),
    ...Array.from({ length: plan.workers }, startWorker),
  ])
  await Promise.all(gateways.map(({ ready }) => ready))
  return { gateways, workers, startWorker, stopWorkers }
}

const modules = { gateway: '../../gateway/main.ts', worker: '../../workers/main.ts' }

/** Keeps the getters of a supervised child, which a spread would read once and for all. */
const withMore = <Child extends Supervised, More extends object>(child: Child, more: More): Child & More =>
  Object.assign(child, more)
