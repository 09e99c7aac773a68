import type { Database } from '../../sql/database.ts'

/** A position an operator accepts: reading goes on at this offset, whatever lay before. */
export interface AcceptedPosition {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/**
 * The operator's way out of a stopped partition: sets the offset, forgets the anchor, fences the current owner, and writes it
 * down as an incident. Workers notice within seconds. Records before the offset are not read; stored events keep their ids, so
 * reading some of them twice is safe. Resolves with the offset stored before.
 * @throws when the partition is not known.
 */
export async function acceptPosition(db: Database, { topic, partition, offset }: AcceptedPosition): Promise<number> {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new Error(`an offset cannot be ${offset}`)
  return await db.transaction('begin', async (client) => {
    const { rows } = await client.query<{ before: string }>(
      `with old as (
         select next_offset from ingest_partition where topic = $1 and partition = $2 for update
       )
       update ingest_partition p
       set next_offset = $3, anchor = null, epoch = p.epoch + 1, updated_at = clock_timestamp()
       from old where p.topic = $1 and p.partition = $2
       returning old.next_offset as before`,
      [topic, partition, offset],
    )
    if (!rows[0]) throw new Error(`partition ${partition} of ${topic} was never read`)
    const before = Number(rows[0].before)
    await client.query('select record_incident($1, $2, $3, $4, $5, $6)', [
      topic,
      partition,
      'position_accepted',
      before,
      offset,
      `An operator set the position from ${before} to ${offset}.`,
    ])
    return before
  })
}
