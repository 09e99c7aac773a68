import type { Logger } from '../../runtime/logger.ts'
import type { Registry } from '../../runtime/metrics.ts'
import type { Database } from '../../sql/database.ts'
import { type AnswerCache, createAnswerCache } from './answer-cache.ts'
import { createMemoryTier } from './memory-tier.ts'
import { openSharedTier } from './shared-tier.ts'

/** The cache that the configuration asks for; undefined when it wants none. Who opens it disposes it. */
export function openAnswerCache(
  config: { readonly answerCacheBytes: number; readonly answerCacheUrl?: string },
  deps: { db: Database; registry: Registry; logger: Logger },
): (AnswerCache & AsyncDisposable) | undefined {
  const { answerCacheBytes: mostBytes, answerCacheUrl: url } = config
  if (mostBytes === 0) return undefined
  const shared = url === undefined ? undefined : openSharedTier({ ...deps, url })
  const memory = createMemoryTier({ mostBytes, registry: deps.registry })
  const cache = createAnswerCache({ ...deps, memory, ...(shared ? { shared } : {}) })
  return { ...cache, [Symbol.asyncDispose]: async () => shared?.[Symbol.asyncDispose]() }
}
