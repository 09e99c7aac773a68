import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, type DescMethodUnary, type Message, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { openEmbeddedLog } from '../../../eventlog/embedded.ts'
import type { EventLog } from '../../../eventlog/eventlog.ts'
import { createReadMethods } from '../../../gateway/analytics/read-methods.ts'
import { createSegmentMethods } from '../../../gateway/segments/segment-methods.ts'
import { createUserMethods } from '../../../gateway/users/user-methods.ts'
import type { Logger } from '../../../runtime/logger.ts'
import { Registry } from '../../../runtime/metrics.ts'
import { type Database, openDatabase } from '../../../sql/database.ts'

/** Asks as the gateway does, without its doors: request read and checked, statement run, answer encoded. */
export interface Asker extends AsyncDisposable {
  /** Resolves with the ms it took. @throws RequestError */
  ask(method: DescMethodUnary, request: object, companyId: number): Promise<number>
}

/** The gateway's own patience with a statement, and some. */
const queryTimeoutMs = 30_000
const applicationName = 'queries'

type Method = (request: Message, caller: { readonly companyId: number }) => Promise<object>

/** Opens askers on a database, each with one connection, which is made by its first question: that one is cold. */
export async function openAskers(
  url: string,
  logger: Logger,
): Promise<AsyncDisposable & { readonly open: () => Promise<Asker> }> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'userflow-queries-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // Empty: nothing waits to be stored.
  const log = stack.use(await openEmbeddedLog({ path: join(folder, 'log.sqlite'), topic: 'queries', partitions: 1 }))
  const all = stack.move()
  return {
    open: async () => openAsker(openDatabase({ url, maxConnections: 1, queryTimeoutMs, applicationName, logger }), log),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

function openAsker(db: Database, log: EventLog): Asker {
  const { analytics, pipeline, reading } = createReadMethods({ db, log, registry: new Registry() })
  const all = [analytics, pipeline, createUserMethods(reading), createSegmentMethods(reading)]
  const groups = all as unknown as Record<string, Method>[]
  return {
    async ask(method, request, companyId) {
      const answering = groups.find((group) => group[method.localName])?.[method.localName]
      if (!answering) throw new Error(`${method.name} is no question`)
      const startedMs = performance.now()
      const asked = create(method.input, request as MessageInitShape<typeof method.input>)
      const answer = await answering(asked, { companyId })
      toBinary(method.output, create(method.output, answer as MessageInitShape<typeof method.output>))
      return performance.now() - startedMs
    },
    [Symbol.asyncDispose]: () => db[Symbol.asyncDispose](),
  }
}
