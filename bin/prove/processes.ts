import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Env } from '../../runtime/env.ts'
import type { Logger } from '../../runtime/logger.ts'
import { type Supervised, supervise } from '../start/supervise.ts'

/** A gateway with its addresses. */
export interface GatewayProcess extends Supervised {
  /** host:port of the gRPC door. */
  readonly grpc: string
  /** Base address of the HTTP door. */
  readonly http: string
}

/** Gateways and workers as processes of their own, started again when they die. Their words go to files of the folder. */
export interface Processes {
  readonly gateways: readonly GatewayProcess[]
  /** Those that run; `stopWorkers` empties it. */
  readonly workers: readonly Supervised[]
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
  const start = (name: string, file: string, env: Env): Supervised => {
    const output = openSync(join(folder, `${name}.log`), 'a')
    stack.defer(() => closeSync(output))
    return stack.use(supervise({ name, module: new URL(file, import.meta.url), env, logger, stopWithinMs, output }))
  }
  const gateways = Array.from({ length: plan.ports.length / 2 }, (_, at): GatewayProcess => {
    const [http, grpc] = plan.ports.slice(2 * at).map(String)
    const env = { ...plan.gatewayEnv, HTTP_PORT: http, GRPC_PORT: grpc }
    const child = start(`gateway-${at + 1}`, '../../gateway/main.ts', env)
    return Object.assign(child, { http: `http://127.0.0.1:${http}`, grpc: `127.0.0.1:${grpc}` })
  })
  const workers: Supervised[] = []
  let number = 0
  const startWorker = async (): Promise<void> => {
    const worker = start(`worker-${++number}`, '../../workers/main.ts', plan.workerEnv)
    workers.push(worker)
    await worker.ready
  }
  const stopWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker[Symbol.asyncDispose]()))
  }
  await Promise.all([...Array.from({ length: plan.workers }, startWorker), ...gateways.map(({ ready }) => ready)])
  return { gateways, workers, startWorker, stopWorkers }
}
