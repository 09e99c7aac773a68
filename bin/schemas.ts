import { readFile } from 'node:fs/promises'
import { type DescMessage, type JsonObject, type MessageShape, toJson } from '@bufbuild/protobuf'
import { callMethod } from '../clients/node/call.ts'
import { SchemaService } from '../proto/gen/userflow/v1/schemas_pb.ts'
import { processEnv } from '../runtime/env.ts'
import { runCommand } from './running/command.ts'
import { findTarget, need } from './running/target.ts'
import { help, type Options, readOptions } from './schemas/options.ts'
import { printSchema, printSchemas, printTrial } from './schemas/print.ts'

/** Longer than a trial may take. */
const deadlineMs = 30_000
const { listSchemas, putSchema, setSchemaMode, trySchema } = SchemaService.method

async function readSchema(file: string): Promise<JsonObject> {
  const text = await readFile(file, 'utf8')
  try {
    return JSON.parse(text) as JsonObject
  } catch (cause) {
    throw new Error(`${file} is no JSON: ${(cause as Error).message}`, { cause })
  }
}

function say<D extends DescMessage>(json: boolean, desc: D, told: { answer: MessageShape<D>; lines: string[] }): void {
  console.log(json ? JSON.stringify(toJson(desc, told.answer, { alwaysEmitImplicit: true })) : told.lines.join('\n'))
}

async function run(options: Options): Promise<number> {
  const { command, name, file, mode, althoughItRejects, json } = options
  const target = await findTarget(processEnv(), options.grpc ? { grpc: options.grpc } : {})
  const on = { address: target.grpc, key: need(target, 'secretKey'), deadlineMs }
  if (command === 'list') {
    const answer = await callMethod(on, listSchemas, {})
    say(json, listSchemas.output, { answer, lines: printSchemas(answer.schemas) })
    return 0
  }
  const jsonSchema = file === undefined ? {} : { jsonSchema: await readSchema(file) }
  if (command === 'try') {
    const answer = await callMethod(on, trySchema, { name, ...jsonSchema })
    say(json, trySchema.output, { answer, lines: answer.trial ? printTrial(answer.trial) : [] })
    return answer.trial?.rejected === 0 ? 0 : 1
  }
  const method = command === 'put' ? putSchema : setSchemaMode
  const answer = await callMethod(on, method, { name, mode, althoughItRejects, ...jsonSchema })
  const lines = [
    ...(answer.schema ? printSchema(answer.schema) : []),
    ...(answer.trial ? printTrial(answer.trial) : []),
  ]
  say(json, method.output, { answer, lines })
  return 0
}

await runCommand({ help, readOptions, run })
