-- Makes the temp tables of a worker's connection, once. They are emptied by apply_batch. The stage has what sessions and
-- visitor-days take over of the user agent beside its key.
create or replace function stage_prepare() returns void language plpgsql as $$
begin
  if to_regclass('pg_temp.stage_events') is not null then
    return;
  end if;
  create temp table stage_events (like stored_events);
  alter table stage_events drop column log_partition, add column device_type text, add column browser text,
    add column os text;
  create temp table stage_days (like visitor_days);
end
$$;
