-- Adds the staged events to visitor_days, visitors and rollup_visitor_gaps; those that add_to_known_sessions has taken off
-- the stage would change nothing. A new day between days p and n of its visitor: +1 at (day, p); and if n exists, -1 at
-- (n, p), +1 at (n, day), and n's previous day becomes day. It commutes, so late events need no special path.
-- In this order because days of new visitors, and days that exist already, need no look at the days beside them: little is
-- left for the steps that do.
-- Nested loops, but in steps that read the stage alone: a hash join would read the whole of visitor_days for every batch.
create or replace function add_visitor_days(p_shard int) returns void language plpgsql
set enable_hashjoin = off set enable_mergejoin = off as $$
begin
  delete from stage_days;
  perform stage_visitor_days();
  perform insert_new_visitors(p_shard);
  perform merge_known_visitor_days();
  if not exists (select from stage_days) then
    return;
  end if;

  -- One visitor can be in two log partitions at once: whoever adds a day holds the visitor's row, taken in one order.
  insert into visitors as v (company_id, site_id, is_bot, visitor_key, first_day, last_day)
  select company_id, site_id, is_bot, visitor_key, min(day), max(day) from stage_days
  group by 1, 2, 3, 4
  order by 1, 2, 3, 4
  on conflict (company_id, site_id, is_bot, visitor_key) do update
  set first_day = least(v.first_day, excluded.first_day), last_day = greatest(v.last_day, excluded.last_day);
  -- What the other partition committed while we waited is seen from here on.
  perform merge_known_visitor_days();
  perform insert_visitor_days(p_shard);
end
$$;
