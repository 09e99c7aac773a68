import assert from 'node:assert/strict'
import type { MessageInitShape } from '@bufbuild/protobuf'
import type { AnswerMetaSchema } from '../../proto/gen/userflow/v1/question_pb.ts'
import type { Database } from '../../sql/database.ts'
import { type Condition, type Filter, fillPlaces, type Grouping, takesFilters } from '../../sql/filters.ts'
import { loadStatement, type Statement } from '../../sql/statement.ts'
import type { AnswerCache } from '../answer-cache/answer-cache.ts'
import { RequestError } from '../errors.ts'
import type { Turns } from '../turns.ts'
import { bindParameters } from './bind-parameters.ts'
import { describeAnswer } from './describe-answer.ts'
import type { Progress } from './progress.ts'
import { type AskedCondition, findSegments } from './question/saved-segment.ts'
import { explainStatement, type Row, type Run, runStatement, type SqlValue } from './run-statement.ts'

/** Who asks; from the key, never from the request. */
export interface Caller {
  readonly companyId: number
  /** Whether the key may see plans, which tell of other companies how much they store. Absent: no. */
  readonly mayExplain?: boolean
}

/** What every answer needs. */
export interface Reading {
  readonly db: Database
  readonly progress: Progress
  /** Takes the seconds of each statement, by metric. */
  readonly observe: (metric: string, seconds: number) => void
  /** Keeps rows that are still so; absent: every question goes to Postgres. */
  readonly cache?: Pick<AnswerCache, 'rows'>
  /** How many questions of a company run at once; absent: any number. */
  readonly turns?: Turns
}

/** A question: the metric's name and its checked parameters, by the names in the metric's header. */
export interface Question {
  readonly metric: string
  readonly caller: Caller
  readonly parameters: Readonly<Record<string, SqlValue>>
  /** Fill the places of the statement, see sql/filters.ts; absent: none. */
  readonly filters?: readonly AskedCondition[]
  readonly groupBy?: Grouping
  /** Filters for places of other names. */
  readonly named?: Readonly<Record<string, readonly Filter[]>>
  readonly steps?: readonly (readonly Filter[])[]
  /** Answer with the plan too. */
  readonly explain?: boolean
  /** Ends the statement; absent: 10 s. */
  readonly timeoutMs?: number
}

/** The rows, and where they come from. */
export interface Answer {
  readonly rows: readonly Row[]
  readonly meta: MessageInitShape<typeof AnswerMetaSchema>
}

const usualTimeoutMs = 10_000

/**
 * Answers a question: the one road from a metric's file to numbers. How complete it is, is read before the numbers are.
 * @throws RequestError KEY_NOT_ALLOWED when a plan is asked for by a key that may not see it; UNKNOWN_ID when the
 * company has no such segment; TOO_MANY_QUESTIONS; and as runStatement does
 */
export async function answer(reading: Reading, question: Question): Promise<Answer> {
  const { companyId, mayExplain = false } = question.caller
  if (question.explain && !mayExplain) throw new RequestError('KEY_NOT_ALLOWED', 'explain needs the scope "admin"')
  const conditions = await findSegments(reading.db, companyId, question.filters ?? [])
  const { statement, values } = state(question, conditions)
  const completeTo = await reading.progress.completeTo()
  const run = { statement, values, companyId, timeoutMs: question.timeoutMs ?? usualTimeoutMs }
  const ask = () => askInTurn(reading, run)
  const rows = reading.cache ? await reading.cache.rows(run, ask) : await ask()
  const plan = question.explain ? await explainStatement(reading.db, run) : undefined
  return { rows, meta: describeAnswer({ statement, values, rowCount: rows.length, completeTo, plan }) }
}

async function askInTurn(reading: Reading, run: Run): Promise<readonly Row[]> {
  const endTurn = await reading.turns?.take(run.companyId)
  const started = performance.now()
  try {
    const rows = await runStatement(reading.db, run)
    reading.observe(run.statement.name, (performance.now() - started) / 1e3)
    return rows
  } finally {
    endTurn?.()
  }
}

/** The statement as it will run, with its places filled, and the values of all its parameters. */
function state(
  question: Question,
  filters: readonly Condition[],
): { statement: Statement; values: readonly SqlValue[] } {
  const { groupBy, named: places, steps, caller } = question
  const file = loadStatement(question.metric)
  assert(filters.length === 0 || takesFilters(file.sql), `${file.name} has no place for filters`)
  const named = bindParameters(file, { ...question.parameters, company_id: caller.companyId })
  const filled = fillPlaces(
    file.sql,
    {
      filters,
      ...(groupBy && { groupBy }),
      ...(places && { named: places }),
      ...(steps && { steps }),
    },
    named.length + 1,
  )
  return { statement: { ...file, sql: filled.sql }, values: [...named, ...filled.values] }
}
