import { randomBytes } from 'node:crypto'
import type { NewRecord } from '../../../eventlog/eventlog.ts'
import { encodeRecord } from '../../../eventlog/record.ts'
import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'

export const poisonOnTheLog: Fault = {
  description:
    'A stranger writes garbage straight to the log, among thousands of good records; it ends as dead letters.',
  inject,
}

const deadlineMs = 10_000

async function inject({ system, account }: Ground, random: Random): Promise<void> {
  const { log } = system.log
  const records = Array.from({ length: 60 }, (): NewRecord => {
    return { partition: random.whole(0, log.partitions - 1), key: randomBytes(8), value: poison(random) }
  })
  const answers = await log.append(records, { deadlineMs })
  account.poison += answers.filter(({ status }) => status === 'written').length
  if (answers.some(({ status }) => status !== 'written')) throw new Error('the poison could not be written')
}

function poison(random: Random): Uint8Array {
  const envelope = { companyId: 1, siteId: 1, receivedAtUs: 1n, eventId: randomBytes(16), eventTimeUs: 1n }
  const good = encodeRecord(envelope, Buffer.from([0x0a]))
  return random.pick([
    new Uint8Array(),
    random.bytes(random.whole(1, 2_000)),
    // A flipped bit: the checksum tells.
    Buffer.from(good.map((byte, at) => (at === 3 ? byte ^ 1 : byte))),
    good.subarray(0, good.length - 2),
    // A proper checksum over an event that ends too early.
    good,
  ])
}
