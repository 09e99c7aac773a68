import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, Ground } from '../ground.ts'

export const twoOwners: Fault = {
  description: 'Every worker sees no other one alive and takes all partitions for its own; the epoch alone decides.',
  inject,
}

const forMs = 8_000

/** Every lease looks as if it had run out long ago, to everyone but its holder. */
const blind = `
create or replace function prove_lease_run_out() returns trigger language plpgsql as $$
begin
  new.renewed_at := now() - interval '30 seconds';
  return new;
end $$;
create or replace trigger prove_lease_run_out before insert or update on worker_lease
for each row execute function prove_lease_run_out()`

async function inject({ system }: Ground): Promise<void> {
  await system.database.query(blind)
  await sleep(forMs)
  await system.database.query('drop trigger prove_lease_run_out on worker_lease')
}
