-- Says that something at these moments was stored or changed in this transaction: their days are not sealed any more, and wait
-- to be sealed again. To be called after the first write, because whoever seals waits for those that began to write before
-- (see sql/seal-days.ts). Rows are taken in one order, and last of all, so that nobody who holds one waits for anything else.
create or replace function reopen_days(p_touched touched_moment[]) returns void language sql as $$
  with
  zones as materialized (
    select company_id, site_id, zone_of_site(company_id, site_id) as time_zone
    from (select distinct company_id, site_id from unnest(p_touched)) sites
  ),
  days as (
    select distinct t.company_id, z.time_zone, (t.at at time zone z.time_zone)::date as day
    from unnest(p_touched) t
    join zones z on z.company_id = t.company_id and z.site_id = t.site_id
  )
  insert into sealed_days as k (company_id, time_zone, day)
  select company_id, time_zone, day
  from days d
  where not exists (
    select from sealed_days o
    where o.company_id = d.company_id and o.time_zone = d.time_zone and o.day = d.day and not o.is_sealed and o.mark is null)
  order by 1, 2, 3
  on conflict (company_id, time_zone, day) do update set is_sealed = false, mark = null, waits_since = now()
  where k.is_sealed or k.mark is not null
$$;
