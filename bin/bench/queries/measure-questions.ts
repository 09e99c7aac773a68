import { RequestError } from '../../../gateway/errors.ts'
import { readOptions } from '../../metric/options.ts'
import { questions } from '../../metric/questions.ts'
import type { Asker } from './asker.ts'
import { waysOf } from './examples.ts'
import type { QueriesOptions } from './options.ts'
import type { Subject } from './subject.ts'

/** Periods that a reader chooses from: today up to the last event and whole days before it; absent days: all time. */
export const periods = [
  { name: '1 day', days: 1 },
  { name: '7 days', days: 7 },
  { name: '30 days', days: 30 },
  { name: '90 days', days: 90 },
  { name: 'all time', days: undefined },
] as const

export type PeriodName = (typeof periods)[number]['name']

/** A question over one period with so many filters. Times in ms. */
export interface Cell {
  /** NAME and words, without period and filters. */
  readonly question: string
  readonly filters: 0 | 1 | 2
  readonly period: PeriodName
  /** The first question of a connection. */
  readonly coldMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** How many warm runs there were. */
  readonly runs: number
}

/** What could not be measured, and why: code and text of the refusal. */
export interface NotMeasured {
  readonly question: string
  readonly filters: number
  readonly period: PeriodName
  readonly why: string
}

/** What is needed to measure. */
export interface Measuring {
  readonly subject: Subject
  readonly options: Pick<QueriesOptions, 'only' | 'runs' | 'seconds'>
  /** Opens an asker, whose first question is cold. */
  readonly open: () => Promise<Asker>
  readonly say: (what: string) => void
  readonly signal: AbortSignal
  /** Absent: all. */
  readonly only?: readonly PeriodName[]
}

/** Measures every question of `npm run metric`. One that is refused, or too slow, is named instead. */
export async function measureQuestions(measuring: Measuring): Promise<{ cells: Cell[]; notMeasured: NotMeasured[] }> {
  const { subject, options, say, signal } = measuring
  const unknown = options.only.filter((name) => !Object.hasOwn(questions, name))
  if (unknown.length > 0)
    throw new Error(`--only: ${unknown.join(', ')} is none of ${Object.keys(questions).join(', ')}`)
  const chosen = periods.filter(({ name }) => measuring.only?.includes(name) ?? true)
  const cells: Cell[] = []
  const notMeasured: NotMeasured[] = []
  const names = Object.keys(questions).filter((name) => options.only.length === 0 || options.only.includes(name))
  for (const name of names) {
    for (const words of waysOf(name, subject)) {
      const question = [name, ...words].join(' ')
      say(question)
      for (const filters of [0, 1, 2] as const) {
        for (const period of chosen) {
          signal.throwIfAborted()
          const found = await measureCell(measuring, { name, words, filters, period })
          if (typeof found === 'string') notMeasured.push({ question, filters, period: period.name, why: found })
          else cells.push({ question, filters, period: period.name, ...found })
        }
      }
    }
  }
  return { cells, notMeasured }
}

interface Way {
  readonly name: string
  readonly words: readonly string[]
  readonly filters: 0 | 1 | 2
  readonly period: (typeof periods)[number]
}

async function measureCell(
  { subject, options, open }: Measuring,
  way: Way,
): Promise<Pick<Cell, 'coldMs' | 'p50Ms' | 'p95Ms' | 'runs'> | string> {
  try {
    await using asker = await open()
    const asking = questions[way.name]!
    const read = readOptions([way.name, ...way.words, ...wordsOf(way, subject)])!
    const request = asking.request(read, subject.lastMs)
    const once = () => asker.ask(asking.method, request, subject.companyId)
    const coldMs = await once()
    const times: number[] = []
    const endMs = performance.now() + options.seconds * 1e3
    while (times.length < options.runs && (times.length === 0 || performance.now() < endMs)) times.push(await once())
    return { coldMs, p50Ms: share(times, 0.5), p95Ms: share(times, 0.95), runs: times.length }
  } catch (error) {
    if (error instanceof RequestError) return `${error.code}: ${error.message}`
    // What the reader of the words refuses is no request at all.
    if (error instanceof Error && !('code' in error)) return error.message
    throw error
  }
}

function wordsOf({ filters, period }: Way, subject: Subject): string[] {
  const { firstMs, lastMs, country, browser } = subject
  const iso = (ms: number): string => new Date(ms).toISOString()
  const from = period.days === undefined ? firstMs : subject.midnightMs(period.days - 1)
  const conditions = [`country is ${country}`, `browser is ${browser}`].slice(0, filters)
  // The end is exclusive.
  return ['--from', iso(from), '--to', iso(lastMs + 1), ...conditions.flatMap((one) => ['--filter', one])]
}

/** The least of the values that so large a share of them does not exceed. */
export function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}
