import type { MessageInitShape } from '@bufbuild/protobuf'
import type { AnswerMetaSchema } from '../../proto/gen/userflow/v1/analytics_pb.ts'
import type { Database } from '../../sql/database.ts'
import { loadStatement } from '../../sql/statement.ts'
import { bindParameters } from './bind-parameters.ts'
import { describeAnswer } from './describe-answer.ts'
import type { Progress } from './progress.ts'
import { type Row, runStatement, type SqlValue } from './run-statement.ts'

/** Who asks; from the key, never from the request. */
export interface Caller {
  readonly companyId: number
}

/** What every answer needs. */
export interface Reading {
  readonly db: Database
  readonly progress: Progress
  /** Takes the seconds of each statement, by metric. */
  readonly observe: (metric: string, seconds: number) => void
}

/** A question: the metric's name and its checked parameters, by the names in the metric's header. */
export interface Question {
  readonly metric: string
  readonly caller: Caller
  readonly parameters: Readonly<Record<string, SqlValue>>
  /** Ends the statement; absent: 10 s. */
  readonly timeoutMs?: number
}

/** The rows, and where they come from. */
export interface Answer {
  readonly rows: readonly Row[]
  readonly meta: MessageInitShape<typeof AnswerMetaSchema>
}

const usualTimeoutMs = 10_000

/** Answers a question: the one road from a metric's file to numbers. How complete it is, is read before the numbers are. */
export async function answer(reading: Reading, question: Question): Promise<Answer> {
  const { companyId } = question.caller
  const statement = loadStatement(question.metric)
  const values = bindParameters(statement, { ...question.parameters, company_id: companyId })
  const completeTo = await reading.progress.completeTo()
  const started = performance.now()
  const timeoutMs = question.timeoutMs ?? usualTimeoutMs
  const rows = await runStatement(reading.db, { statement, values, companyId, timeoutMs })
  reading.observe(statement.name, (performance.now() - started) / 1e3)
  return { rows, meta: describeAnswer({ statement, values, rowCount: rows.length, completeTo }) }
}
