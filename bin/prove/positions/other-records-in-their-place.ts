import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'
import { accept, expectStopped, lastIncident, positions, replaceLog, settle } from './stopped.ts'

export const otherRecordsInTheirPlace: Fault = {
  description:
    'Behind the back of the workers the log gets other records at the same offsets: the anchor tells, and the partitions stop.',
  inject,
}

async function inject(ground: Ground, random: Random): Promise<void> {
  const { load, account } = ground
  await settle(ground)
  const before = await lastIncident(ground)
  const at = await positions(ground)
  account.readOnFormerLogs += [...at.values()].reduce((sum, offset) => sum + offset, 0)
  const shortest = [...at].sort(([, one], [, other]) => one - other).slice(0, 2)
  await replaceLog(ground, async () => {
    // As long as what was read, and longer: only the content is another. The other partitions are shorter than before.
    for (const [partition, offset] of shortest) await fill(ground, partition, offset + random.whole(1, 50))
  })
  await load.resume()
  await expectStopped(ground, before, at)
  await accept(ground, new Map([...at.keys()].map((partition) => [partition, 0])))
}

async function fill({ system, account }: Ground, partition: number, count: number): Promise<void> {
  for (let left = count; left > 0; left -= 1_000) {
    const records = Array.from({ length: Math.min(1_000, left) }, (_, nth) => {
      return { partition, key: Buffer.from('stranger'), value: Buffer.from(`${left} ${nth}`) }
    })
    const answers = await system.log.log.append(records, { deadlineMs: 10_000 })
    if (answers.some(({ status }) => status !== 'written')) throw new Error('the log could not be filled')
    account.poison += records.length
  }
}
