import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { decodeRecord } from '../../../eventlog/record.ts'
import { type Fault, type Ground, until } from '../ground.ts'
import { lastIncident, positions, withoutWorkers } from './stopped.ts'

export const retentionOvertakesTheReader: Fault = {
  description:
    'Retention deletes records that no worker has read: the range is written down as lost, and reading goes on behind it.',
  inject,
}

const awayMs = 2_000
/** A busy machine takes its time to start workers. */
const saidWithinMs = 60_000

async function inject(ground: Ground): Promise<void> {
  const { load, system } = ground
  const before = await lastIncident(ground)
  let gone = { partition: 0, from: 0, to: 0 }
  await withoutWorkers(ground, async () => {
    await sleep(awayMs)
    await load.pause()
    gone = await mostUnread(ground)
    await account(ground, gone)
    await system.log.deleteBelow(gone.partition, gone.to)
  })
  await load.resume()
  ground.account.incidents.add('lost_range')
  // At least once: a takeover that another one overtakes before it has passed over the range leaves it to be told again.
  const told = () =>
    system.database.query<{ kind: string; partition: number; from: number; to: number }>(
      `select kind, partition, from_offset::int as from, to_offset::int as to from ingest_incident where incident_id > $1`,
      [before],
    )
  await until('an incident with the exact range that is lost', saidWithinMs, async () =>
    (await told()).some(({ kind, ...range }) => kind === 'lost_range' && isDeepStrictEqual(range, gone)),
  ).catch(async (error: Error) => {
    throw new Error(`${error.message}: lost is ${JSON.stringify(gone)}, told was ${JSON.stringify(await told())}`)
  })
}

/** Half of what is unread in the partition with the most of it. */
async function mostUnread(ground: Ground): Promise<{ partition: number; from: number; to: number }> {
  const stored = await positions(ground)
  const unread = (await ground.system.log.log.watermarks())
    .map(({ partition, high }) => ({ partition, from: stored.get(partition) ?? 0, high }))
    .sort((one, other) => other.high - other.from - (one.high - one.from))[0]
  if (!unread || unread.high - unread.from < 2) throw new Error('there is nothing unread that could be deleted')
  const { partition, from, high } = unread
  return { partition, from, to: from + Math.ceil((high - from) / 2) }
}

/** Notes what is about to be lost, so that the oracle does not look for it. */
async function account(
  { system, account }: Ground,
  range: { partition: number; from: number; to: number },
): Promise<void> {
  account.lost += range.to - range.from
  for await (const records of system.log.log.scan(range)) {
    for (const { value } of records) {
      const read = decodeRecord(value)
      if (!read.ok) account.poison -= 1
      else account.lostIds.push(Buffer.from(read.envelope.eventId).toString('hex'))
    }
  }
}
