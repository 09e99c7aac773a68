import type { Random } from '../../simulate/random.ts'
import type { Fault, Ground } from '../ground.ts'
import { accept, expectStopped, lastIncident, positions } from './stopped.ts'

export const storedOffsetPastEnd: Fault = {
  description:
    'The stored offset of a partition lies beyond the end of the log: the partition stops, says so, and goes on where an operator says.',
  inject,
}

const beyond = 1_000_000

async function inject(ground: Ground, random: Random): Promise<void> {
  const { system } = ground
  const before = await lastIncident(ground)
  const partition = random.whole(0, system.log.log.partitions - 1)
  // As a database restored beside an older log: the present owner is fenced by the new position.
  const [moved] = await system.database.query<{ was: string }>(
    `update ingest_partition set next_offset = next_offset + $2 where partition = $1 returning next_offset - $2 as was`,
    [partition, beyond],
  )
  await expectStopped(ground, before, await positions(ground, [partition]))
  await accept(ground, new Map([[partition, Number(moved?.was)]]))
}
