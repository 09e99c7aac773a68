import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, type DescMethodUnary, type Message, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { openEmbeddedLog } from '../../../eventlog/embedded.ts'
import { createReadMethods } from '../../../gateway/analytics/read-methods.ts'
import type { Logger } from '../../../runtime/logger.ts'
import { Registry } from '../../../runtime/metrics.ts'
import { openDatabase } from '../../../sql/database.ts'

/** Asks as the gateway does, without its doors: request read and checked, statement run, answer encoded. */
export interface Asker extends AsyncDisposable {
  /** Resolves with the ms it took. @throws RequestError */
  ask(method: DescMethodUnary, request: object, companyId: number): Promise<number>
}

/** The gateway's own patience with a statement, and some. */
const queryTimeoutMs = 30_000

type Method = (request: Message, caller: { readonly companyId: number }) => Promise<object>

/** Opens an asker with one connection, which is made by its first question: that one is cold. */
export async function openAsker(url: string, logger: Logger): Promise<Asker> {
  await using stack = new AsyncDisposableStack()
  const db = stack.use(openDatabase({ url, maxConnections: 1, queryTimeoutMs, applicationName: 'queries', logger }))
  const folder = await mkdtemp(join(tmpdir(), 'userflow-queries-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const log = stack.use(await openEmbeddedLog({ path: join(folder, 'log.sqlite'), topic: 'queries', partitions: 1 }))
  const groups = Object.values(createReadMethods({ db, log, registry: new Registry() })) as unknown as Record<
    string,
    Method
  >[]
  const all = stack.move()
  return {
    async ask(method, request, companyId) {
      const answering = groups.find((group) => group[method.localName])?.[method.localName]
      if (!answering) throw new Error(`${method.name} is no question`)
      const startedMs = performance.now()
      const answer = await answering(create(method.input, request as MessageInitShape<typeof method.input>), {
        companyId,
      })
      toBinary(method.output, create(method.output, answer as MessageInitShape<typeof method.output>))
      return performance.now() - startedMs
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
