import { join } from 'node:path'
import { processEnv } from '../runtime/env.ts'
import { createLogger } from '../runtime/logger.ts'
import { openDatabase } from '../sql/database.ts'
import { findRunningUrl } from '../sql/embedded/find-running.ts'
import { runMembers } from './admin/members.ts'
import { help, isAboutMembers, type MemberCommand, type Options, readOptions, type Said } from './admin/options.ts'
import { type Outcome, runs } from './admin/run.ts'
import { runCommand } from './running/command.ts'
import { findTarget, need } from './running/target.ts'
import { readStartConfig } from './start/config.ts'

async function run({ command, said }: Options): Promise<void> {
  const { json, lines } = isAboutMembers(command) ? await onDatabase(command, said) : await onGateway(command, said)
  console.log(said.json ? JSON.stringify(json) : lines.join('\n'))
}

async function onGateway(command: keyof typeof runs, said: Said): Promise<Outcome> {
  const target = await findTarget(processEnv(), said.grpc ? { grpc: said.grpc } : {})
  return runs[command]({ address: target.grpc, key: need(target, 'secretKey') }, said)
}

async function onDatabase(command: MemberCommand, said: Said): Promise<Outcome> {
  const { databaseUrl, dataDir } = readStartConfig(processEnv())
  await using db = openDatabase({
    url: databaseUrl ?? (await findRunningUrl(join(dataDir, 'postgres'))),
    maxConnections: 1,
    queryTimeoutMs: 15_000,
    applicationName: 'userflow-admin',
    logger: createLogger('admin', 'error'),
  })
  return await runMembers(db, command, said)
}

await runCommand({ help, readOptions, run })
