import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase, testDatabase } from '../test/support/postgres.ts'

const folder = new URL('./migrations/', import.meta.url)

/** Applies the numbered files from one number to before another, as they stand. */
async function applyFiles(client: pg.ClientBase, from: string, before: string): Promise<void> {
  const names = (await readdir(folder)).sort().filter((name) => name >= from && name < before)
  for (const name of names) await client.query(await readFile(new URL(name, folder), 'utf8'))
}

test('events stored before user agents had a table of their own, and before columns changed their order, keep all they had', async () => {
  await using fresh = await freshDatabase()
  await using database = testDatabase(fresh.url)
  const rows = await database.withClient(async (client) => {
    await client.query('create schema old; set search_path = old, public')
    await applyFiles(client, '0001', '0007')
    await client.query(
      `insert into user_events (company_id, event_timestamp, event_id, site_id, log_partition, log_offset, received_at,
         sequence, is_bot, text_repaired, event_type, user_agent, device_type, browser, os, experiments)
       select company, now(), gen_random_uuid(), 1, 0, nth, now(), 0, false, false, 'click', agent, device, browser, os, tried
       from (values
         (1, 1, 'Mozilla/5.0 Ä', 'desktop', 'Chrome', 'Linux', '[{"experiment_id": "buy", "variant": "b"}]'::jsonb),
         (1, 2, 'Mozilla/5.0 Ä', 'desktop', 'Chrome', 'Linux', null),
         (1, 3, 'curl/8.5', null, null, null, null),
         (2, 4, 'curl/8.5', null, null, null, null),
         (2, 5, null, null, null, null, null)
       ) as v (company, nth, agent, device, browser, os, tried)`,
    )
    // In one transaction, as migrate does: what 0008 keeps meanwhile ends with it.
    await client.query('begin')
    await applyFiles(client, '0007', '0009')
    await client.query('commit')
    const { rows } = await client.query(
      `select company_id, user_agent, device_type, browser, os, v.experiments, agent_key is null as keyless
       from user_events v join stored_events using (company_id, log_offset) order by log_offset`,
    )
    const kept = await client.query('select count(*)::int as n from user_agents')
    return { rows, kept: kept.rows[0].n }
  })
  const chrome = { user_agent: 'Mozilla/5.0 Ä', device_type: 'desktop', browser: 'Chrome', os: 'Linux', keyless: false }
  const none = { device_type: null, browser: null, os: null, experiments: null }
  expect(rows.rows).toEqual([
    { company_id: 1, ...chrome, experiments: { buy: 'b' } },
    { company_id: 1, ...chrome, experiments: null },
    { company_id: 1, user_agent: 'curl/8.5', ...none, keyless: false },
    { company_id: 2, user_agent: 'curl/8.5', ...none, keyless: false },
    { company_id: 2, user_agent: null, ...none, keyless: true },
  ])
  expect(rows.kept).toBe(3)
})
