import { readdirSync } from 'node:fs'
import { create, type MessageInitShape, toJson } from '@bufbuild/protobuf'
import { callMethod } from '../clients/node/call.ts'
import { processEnv } from '../runtime/env.ts'
import { loadStatement } from '../sql/statement.ts'
import { help, type Options, readOptions } from './metric/options.ts'
import { type JsonAnswer, printAnswer } from './metric/print.ts'
import { printRows, readRowFormat } from './metric/print-rows.ts'
import { questions } from './metric/questions.ts'
import { savedFunnel } from './metric/saved-funnel.ts'
import { findTarget, need } from './running/target.ts'

/** Every file of sql/metrics, and which NAME asks it, if any. */
function listMetrics() {
  const files = readdirSync(new URL('../sql/metrics/', import.meta.url)).toSorted()
  return files.map((file) => {
    const { name, version, question } = loadStatement(file.replace(/\.sql$/, ''))
    const [ask] = Object.entries(questions).find(([, asking]) => asking.metrics.includes(name)) ?? []
    return { name, version, question, ask: ask ?? '' }
  })
}

function list(options: Options): void {
  const metrics = listMetrics()
  const width = Math.max(...metrics.map(({ name }) => name.length))
  const lines = metrics.map(({ name, version, question, ask }) => {
    const asked = ask && ask !== name ? `  [${ask}]` : ''
    return `${name.padEnd(width)}  ${version}  ${question}${asked}`
  })
  console.log(options.json ? JSON.stringify(metrics) : lines.join('\n'))
}

async function ask(options: Options): Promise<void> {
  const asking = questions[options.name]
  if (!asking) throw new Error(`"${options.name}" is none of ${Object.keys(questions).join(', ')}`)
  const format = options.format === undefined ? undefined : readRowFormat(options.format)
  const target = await findTarget(processEnv(), options.grpc ? { grpc: options.grpc } : {})
  const on = { address: target.grpc, key: need(target, 'secretKey') }
  const saved = await savedFunnel(on, asking.method, options)
  const asked = { ...asking.request(options, Date.now()), ...saved }
  const request = asked as MessageInitShape<typeof asking.method.input>
  const answer = await callMethod(on, asking.method, create(asking.method.input, request))
  const json = toJson(asking.method.output, answer, { alwaysEmitImplicit: true }) as JsonAnswer
  if (format) process.stdout.write(printRows(json, format))
  else console.log(options.json ? JSON.stringify(json) : printAnswer(json).join('\n'))
}

try {
  const options = readOptions(process.argv.slice(2))
  if (!options) console.log(help)
  else if (options.list) list(options)
  else await ask(options)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
