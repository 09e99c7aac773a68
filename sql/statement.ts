import { readFileSync } from 'node:fs'

/** A parameter of a statement: `$n` is the n-th of the list, `type` is Postgres' name of its type. */
export interface StatementParameter {
  readonly name: string
  readonly type: string
}

/** One question, as its file in sql/metrics states it. */
export interface Statement {
  /** The file's name without ".sql". */
  readonly name: string
  /** Raised whenever the meaning of a number changes, so that answers of two versions are not compared by mistake. */
  readonly version: number
  /** The question in English. */
  readonly question: string
  readonly parameters: readonly StatementParameter[]
  /** The one statement, with $1…$n, without the header. */
  readonly sql: string
}

const parameterLine = /^\$(\d+) (\w+) ([a-z ]+(?:\[\])?): /
const loaded = new Map<string, Statement>()

/** Reads sql/metrics/<name>.sql, once a process. @throws if the file is missing or its header is not complete. */
export function loadStatement(name: string): Statement {
  const known = loaded.get(name)
  if (known) return known
  if (!/^[a-z_]+$/.test(name)) throw new Error(`no metric can be called ${JSON.stringify(name)}`)
  const statement = parseStatement(name, readFileSync(new URL(`./metrics/${name}.sql`, import.meta.url), 'utf8'))
  loaded.set(name, statement)
  return statement
}

/**
 * Reads the header of a metric's file: the first line is the question, `version: n`, and one line `$n name type: meaning`
 * for each parameter, in order. What follows the header's comments is the statement.
 */
export function parseStatement(name: string, text: string): Statement {
  const lines = text.split('\n')
  const bodyAt = lines.findIndex((line) => !line.startsWith('--'))
  const header = lines.slice(0, bodyAt).map((line) => line.replace(/^--\s*/, ''))
  const version = header.map((line) => /^version: (\d+)$/.exec(line)?.[1]).find((found) => found !== undefined)
  const question = header[0] ?? ''
  if (version === undefined || !question.endsWith('?')) {
    throw new Error(`sql/metrics/${name}.sql: the header needs a first line that ends in "?" and a line "version: n"`)
  }
  const parameters: StatementParameter[] = []
  for (const line of header) {
    const found = parameterLine.exec(line)
    if (!found) continue
    if (Number(found[1]) !== parameters.length + 1) {
      throw new Error(`sql/metrics/${name}.sql: the header must list $${parameters.length + 1} before $${found[1]}`)
    }
    parameters.push({ name: found[2]!, type: found[3]! })
  }
  const sql = lines.slice(bodyAt).join('\n').trim()
  return { name, version: Number(version), question, parameters, sql }
}
