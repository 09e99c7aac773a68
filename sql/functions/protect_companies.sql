-- Puts row level security behind every table that has companies: whoever runs as userflow_reader sees the rows of the company
-- in the setting userflow.company_id, and without one none. The owner, as whom events are written, is not concerned. Called at
-- the end of every migration, so that a new table cannot be forgotten: it is protected before anybody can read it.
-- What the reader may read: tables with a column company_id, but for columns that are secrets; views, as the reader; and the
-- tables without companies named here.
create or replace function protect_companies() returns void language plpgsql as $$
declare
  v_shared constant text[] := '{ingest_partition,settings_version}';
  v_withheld constant text[] := '{key_hash,token_hash}';
  v_relation record;
  v_columns text;
begin
  if not exists (select from pg_roles where rolname = 'userflow_reader') then
    begin
      create role userflow_reader nologin;
    exception
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then
        raise exception 'The role userflow_reader is missing and % may not make it', current_user
          using hint = format('As a superuser: create role userflow_reader nologin; grant userflow_reader to %I', current_user);
    end;
  end if;
  if not pg_has_role(current_user, 'userflow_reader',
       case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) then
    execute format('grant userflow_reader to %I', current_user);
  end if;
  grant usage on schema public to userflow_reader;

  for v_relation in
    select c.oid, c.relname, c.relkind, c.relrowsecurity, c.reloptions,
           exists (select from pg_attribute a
                   where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped) as has_company,
           exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'own_company') as has_policy
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
  loop
    if v_relation.relkind = 'v' then
      -- Otherwise the view would read as its owner, who sees every company.
      if not coalesce('security_invoker=true' = any (v_relation.reloptions), false) then
        execute format('alter view %I set (security_invoker = true)', v_relation.relname);
      end if;
    elsif v_relation.has_company then
      if not v_relation.relrowsecurity then
        execute format('alter table %I enable row level security', v_relation.relname);
      end if;
      if not v_relation.has_policy then
        execute format(
          'create policy own_company on %I for select to userflow_reader '
          'using (company_id = nullif(current_setting(''userflow.company_id'', true), '''')::int)', v_relation.relname);
      end if;
    end if;
    if v_relation.relkind <> 'v' and not v_relation.has_company and v_relation.relname <> all (v_shared) then continue; end if;
    select string_agg(quote_ident(attname), ', ' order by attnum)
      filter (where exists (select from pg_attribute s where s.attrelid = v_relation.oid and s.attname = any (v_withheld)))
    into v_columns
    from pg_attribute
    where attrelid = v_relation.oid and attnum > 0 and not attisdropped and attname <> all (v_withheld);
    if v_columns is not null then
      execute format('grant select (%s) on %I to userflow_reader', v_columns, v_relation.relname);
    elsif not has_table_privilege('userflow_reader', v_relation.oid, 'select') then
      execute format('grant select on %I to userflow_reader', v_relation.relname);
    end if;
  end loop;
end
$$;
