import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startBroker } from '../../bin/prove/broker/kafka-broker.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port`, several separated by commas. */
    kafkaBrokers: string
  }
}

/** One broker for the whole test run: the one of KAFKA_BROKERS, else a broker of its own that ends with the run. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const given = process.env.KAFKA_BROKERS
  if (given) {
    project.provide('kafkaBrokers', given)
    return undefined
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'userflow-kafka-'))
  const broker = await startBroker({ dataDir, port: 0 })
  project.provide('kafkaBrokers', broker.brokers)
  return async () => {
    await broker[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true, force: true })
  }
}
