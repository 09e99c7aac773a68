import { createLogger } from '../../../runtime/logger.ts'
import { openAsker } from './asker.ts'
import { type Cell, measureQuestions, type NotMeasured } from './measure-questions.ts'
import type { QueriesOptions } from './options.ts'
import { openPlace } from './place.ts'
import { findSizes, findSubject, type Sizes } from './subject.ts'

/** What was found. */
export interface QueriesResult {
  readonly sizes: Sizes
  readonly cells: readonly Cell[]
  readonly notMeasured: readonly NotMeasured[]
}

/** Measures every question on the database asked for, or on one of its own. */
export async function measureQueries(
  options: QueriesOptions,
  tools: { readonly say: (what: string) => void; readonly signal: AbortSignal },
): Promise<QueriesResult> {
  await using place = await openPlace(options, tools)
  const logger = createLogger('queries', 'error')
  const subject = await findSubject(place.database, options.companyId)
  const sizes = await findSizes(place.database)
  const measured = await measureQuestions({ subject, options, open: () => openAsker(place.url, logger), ...tools })
  return { sizes, ...measured }
}
