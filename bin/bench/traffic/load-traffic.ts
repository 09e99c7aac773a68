import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { Logger } from '../../../runtime/logger.ts'
import { openDatabase } from '../../../sql/database.ts'
import { agentWords, pageWords, placeWords, sourceWords } from './words.ts'

/** Traffic to be stored. */
export interface Traffic {
  /** About how many events. */
  readonly events: number
  /** Over how many days up to `untilMs`. */
  readonly days: number
  /** Events from this moment on have not happened, in ms since 1970. */
  readonly untilMs: number
  readonly companyId: number
  /** Three sites of the company. */
  readonly siteIds: readonly [number, number, number]
}

const dayMs = 86_400_000
/** Mean of the drawn sessions; measured. */
const eventsPerSession = 5
const partitions = 8
const connections = 2
/** Vacuum of the largest month. */
const queryTimeoutMs = 1_800_000
const topic = 'traffic'

const trafficSql = readFileSync(new URL('./traffic.sql', import.meta.url), 'utf8')

/** A day of a partition. */
interface Piece {
  readonly number: number
  readonly midnightMs: number
  readonly sessions: number
}

/**
 * Stores traffic as a worker does: each piece of it is put on the stage and applied by `apply_batch`, so tables and rollups
 * are what they would be after the same events had come one by one. The same traffic is made of the same numbers each time.
 * `say` is told now and then how far it is.
 */
export async function loadTraffic(
  url: string,
  traffic: Traffic,
  tools: { readonly logger: Logger; readonly say: (what: string) => void; readonly signal?: AbortSignal },
): Promise<void> {
  const { logger, say, signal } = tools
  const session = { synchronous_commit: 'off', work_mem: '64MB', temp_buffers: '64MB' }
  await using database = openDatabase({
    url,
    maxConnections: connections,
    queryTimeoutMs,
    session,
    applicationName: 'traffic',
    logger,
  })
  const pieces = piecesOf(traffic)
  let taken = 0
  const shards = Array.from({ length: connections }, (_, shard) =>
    database.withClient(async (client) => {
      await prepare(client)
      const positions = await takeOverAll(client, shard)
      for (const [index, piece] of pieces.entries()) {
        signal?.throwIfAborted()
        const partition = piece.number % partitions
        if (partition % connections !== shard) continue
        await store(client, { traffic, piece, position: positions.get(partition)!, withAgents: index < partitions })
        taken += 1
        if (taken % (partitions * 10) === 0) say(`${taken / partitions} of ${traffic.days} days`)
      }
    }),
  )
  await Promise.all(shards)
  say('vacuum')
  await database.query('vacuum analyze')
  await database.query('checkpoint')
}

/** Fewer sessions at weekends, and half as many at the beginning as at the end. */
function piecesOf({ events, days, untilMs }: Traffic): Piece[] {
  const firstMs = Math.floor(untilMs / dayMs) * dayMs - (days - 1) * dayMs
  const weights = Array.from({ length: days }, (_, day) => {
    const weekday = new Date(firstMs + day * dayMs).getUTCDay()
    return (weekday % 6 === 0 ? 0.7 : 1) * (0.67 + (0.66 * day) / days)
  })
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.flatMap((weight, day) =>
    Array.from({ length: partitions }, (_, partition) => ({
      number: day * partitions + partition,
      midnightMs: firstMs + day * dayMs,
      sessions: Math.round((events / eventsPerSession / partitions) * (weight / all)),
    })),
  )
}

const wordTables = [
  [
    'traffic_agents',
    'slot int, agent_key bigint, device_type text, browser text, os text, screen text, viewport text, width int',
    agentWords,
  ],
  [
    'traffic_places',
    'slot int, network text, country text, region text, city text, language text, time_zone text',
    placeWords,
  ],
  [
    'traffic_sources',
    `slot int, referrer text, query text, referrer_domain text, channel text, utm_source text, utm_medium text,
     utm_campaign text, utm_term text, utm_content text`,
    sourceWords,
  ],
  ['traffic_pages', 'place int, path text, title text', pageWords],
] as const

async function prepare(client: pg.ClientBase): Promise<void> {
  await client.query('select stage_prepare()')
  for (const [table, columns, words] of wordTables) {
    await client.query(`create temp table ${table} (${columns})`)
    await client.query(`insert into ${table} select * from jsonb_to_recordset($1) as w (${columns})`, [
      JSON.stringify(words()),
    ])
    await client.query(`analyze ${table}`)
  }
}

/** Where the next batch of a partition goes. */
interface Position {
  readonly partition: number
  readonly epoch: string
  next: number
}

async function takeOverAll(client: pg.ClientBase, shard: number): Promise<ReadonlyMap<number, Position>> {
  const positions = new Map<number, Position>()
  for (let partition = shard; partition < partitions; partition += connections) {
    const { rows } = await client.query<{ epoch: string; next_offset: string }>('select * from take_over($1, $2, $3)', [
      topic,
      partition,
      'traffic',
    ])
    positions.set(partition, { partition, epoch: rows[0]!.epoch, next: Number(rows[0]!.next_offset) })
  }
  return positions
}

/** What the staged events add to the balance as taken from the log, as apply_batch's argument has it, and how many they are. */
export const takenSql = `
select coalesce(jsonb_agg(jsonb_build_array(company_id, minute_ms, n)), '[]') as taken, coalesce(sum(n), 0)::int as events
from (select company_id, (date_part('epoch', date_bin('1 minute', received_at, 'epoch')) * 1000)::bigint as minute_ms,
             count(*) as n from stage_events group by 1, 2) minutes`

async function store(
  client: pg.ClientBase,
  batch: { traffic: Traffic; piece: Piece; position: Position; withAgents: boolean },
): Promise<void> {
  const { traffic, piece, position, withAgents } = batch
  const { companyId, siteIds, untilMs } = traffic
  const agents = withAgents ? agentWords().map(({ stored }) => [companyId, ...stored]) : []
  await client.query('begin')
  await client.query('select setseed($1)', [piece.number / 1e6])
  const until = new Date(untilMs).toISOString()
  const midnight = new Date(piece.midnightMs).toISOString()
  const drawn = [midnight, piece.number, piece.sessions, companyId, siteIds, position.next, partitions, until]
  await client.query(trafficSql, drawn)
  const { rows } = await client.query<{ taken: unknown; events: number }>(takenSql)
  const { taken, events } = rows[0]!
  const next = position.next + events
  const extra = { taken, dead: [], states: [], agents, received_to_us: piece.midnightMs * 1e3, high: next }
  const values = [topic, position.partition, position.epoch, position.next, next, Buffer.from('traffic')]
  await client.query('select apply_batch($1, $2, $3, $4, $5, $6, $7)', [...values, JSON.stringify(extra)])
  await client.query('commit')
  position.next = next
}
