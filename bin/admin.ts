import { processEnv } from '../runtime/env.ts'
import { help, type Options, readOptions } from './admin/options.ts'
import { runs } from './admin/run.ts'
import { runCommand } from './running/command.ts'
import { findTarget, need } from './running/target.ts'

async function run({ command, said }: Options): Promise<void> {
  const target = await findTarget(processEnv(), said.grpc ? { grpc: said.grpc } : {})
  const { json, lines } = await runs[command]({ address: target.grpc, key: need(target, 'secretKey') }, said)
  console.log(said.json ? JSON.stringify(json) : lines.join('\n'))
}

await runCommand({ help, readOptions, run })
