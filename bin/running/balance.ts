import { setTimeout as sleep } from 'node:timers/promises'
import { callMethod } from '../../clients/node/call.ts'
import { type BalanceResponse, PipelineService } from '../../proto/gen/userflow/v1/pipeline_pb.ts'
import { need, type Target } from './target.ts'

/** What the pipeline did with the company's events between two looks. */
export interface Settled {
  readonly taken: number
  readonly stored: number
  readonly duplicate: number
  readonly deadLetter: number
  /** Whether everything expected was taken before the time ran out. */
  readonly complete: boolean
}

/** The company's balance sheet since the beginning. */
export const readBalance = (target: Target): Promise<BalanceResponse> =>
  callMethod({ address: target.grpc, key: need(target, 'secretKey') }, PipelineService.method.balance, {})

/**
 * Waits until the workers took `expected` records since `before`, at most `withinMs`. What others send meanwhile counts too,
 * so the figures are exact only while nobody else sends.
 */
export async function waitUntilTaken(
  target: Target,
  before: BalanceResponse,
  options: { expected: number; withinMs: number },
): Promise<Settled> {
  const until = Date.now() + options.withinMs
  for (;;) {
    const now = await readBalance(target)
    const taken = now.taken - before.taken
    const complete = taken >= options.expected
    if (complete || Date.now() > until) {
      return {
        taken,
        stored: now.stored - before.stored,
        duplicate: now.duplicate - before.duplicate,
        deadLetter: now.deadLetter - before.deadLetter,
        complete,
      }
    }
    await sleep(250)
  }
}
