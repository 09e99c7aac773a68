import { createLogger } from '../../../runtime/logger.ts'
import { openAskers } from './asker.ts'
import { type Cell, type Measuring, measureQuestions, type NotMeasured } from './measure-questions.ts'
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
  tools: Pick<Measuring, 'say' | 'signal' | 'only'>,
): Promise<QueriesResult> {
  await using place = await openPlace(options, tools)
  const logger = createLogger('queries', 'error')
  const subject = await findSubject(place.database, options.companyId)
  const sizes = await findSizes(place.database)
  await using askers = await openAskers(place.url, logger)
  const measured = await measureQuestions({ subject, options, open: askers.open, ...tools })
  return { sizes, ...measured }
}
