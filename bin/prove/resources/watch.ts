import { setTimeout as sleep } from 'node:timers/promises'
import type { SystemUnderTest } from '../system.ts'
import { lookAtConnections, lookAtProcess, type Sample } from './look.ts'

/** Looks at every gateway and worker and at the connections to Postgres, again and again. */
export class ResourceWatch implements AsyncDisposable {
  readonly samples: Sample[] = []
  readonly #system: SystemUnderTest
  readonly #everyMs: number
  readonly #stopping = new AbortController()
  readonly #loop: Promise<void>

  constructor(system: SystemUnderTest, everyMs = 5_000) {
    this.#system = system
    this.#everyMs = everyMs
    this.#loop = this.#watch()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.#loop
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      this.samples.push(...(await lookAtAll(this.#system)))
      await sleep(this.#everyMs, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** One look at everything; what is away at the moment is left out. */
export async function lookAtAll({ gateways, workers, database }: SystemUnderTest): Promise<Sample[]> {
  const [connections, ...processes] = await Promise.all([
    lookAtConnections(database).catch(() => []),
    ...[...gateways, ...workers].map(lookAtProcess),
  ])
  return [...connections, ...processes.filter((sample) => sample !== undefined)]
}
