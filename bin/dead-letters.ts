import { join } from 'node:path'
import { toJson } from '@bufbuild/protobuf'
import {
  ListDeadLetterGroupsResponseSchema,
  ListDeadLettersResponseSchema,
  ReplayedDeadLetterSchema,
} from '../proto/gen/userflow/v1/pipeline_pb.ts'

import { processEnv } from '../runtime/env.ts'
import { createLogger } from '../runtime/logger.ts'
import { openDatabase } from '../sql/database.ts'
import { findRunningUrl } from '../sql/embedded/find-running.ts'
import { companyInbox, type Inbox, unownedInbox } from './dead-letters/inbox.ts'
import { help, type Options, readOptions } from './dead-letters/options.ts'
import { printGroups, printLetters, printReplayed } from './dead-letters/print.ts'
import { replayAll } from './dead-letters/replay-all.ts'
import { runCommand } from './running/command.ts'
import { findTarget, need } from './running/target.ts'
import { readStartConfig } from './start/config.ts'

const mostGroups = 1_000
const asJson = { alwaysEmitImplicit: true } as const

function say(options: Options, json: unknown, lines: readonly string[]): void {
  console.log(options.json ? JSON.stringify(json) : lines.join('\n'))
}

async function openUnowned() {
  const config = readStartConfig(processEnv())
  return openDatabase({
    url: config.databaseUrl ?? (await findRunningUrl(join(config.dataDir, 'postgres'))),
    maxConnections: 1,
    queryTimeoutMs: 15_000,
    applicationName: 'userflow-dead-letters',
    logger: createLogger('dead-letters'),
  })
}

async function list(inbox: Inbox, options: Options): Promise<void> {
  const answer = await inbox.groups({ limit: mostGroups, includeReplayed: options.all })
  say(options, toJson(ListDeadLetterGroupsResponseSchema, answer, asJson), printGroups(answer.groups))
}

async function show(inbox: Inbox, options: Options): Promise<void> {
  const answer = await inbox.letters({ limit: options.limit, reason: options.reason, includeReplayed: options.all })
  say(options, toJson(ListDeadLettersResponseSchema, answer, asJson), printLetters(answer.deadLetters))
}

async function run(options: Options): Promise<number> {
  const look = options.command === 'show' ? show : list
  if (options.unowned) {
    await using db = await openUnowned()
    await look(unownedInbox(db), options)
    return 0
  }
  const target = await findTarget(processEnv(), options.grpc ? { grpc: options.grpc } : {})
  const on = { address: target.grpc, key: need(target, 'secretKey') }
  const inbox = companyInbox(on)
  if (options.command !== 'replay') {
    await look(inbox, options)
    return 0
  }
  const replayed = await replayAll({ ...on, inbox }, options)
  const letters = replayed.letters.map((letter) => toJson(ReplayedDeadLetterSchema, letter, asJson))
  say(options, { ...replayed, dryRun: options.dryRun, letters }, printReplayed(replayed, options.dryRun))
  return replayed.retry > 0 ? 1 : 0
}

await runCommand({ help, readOptions, run })
