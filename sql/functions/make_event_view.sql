-- Makes the view of a company's custom events of a name anew: company_<id>.<view_name> with a typed column for each property
-- the newest version of its schema names at the top. A value that does not fit its column is null there and whole in
-- metadata; no value makes the view fail. Names and texts in the schema are a stranger's: each goes through %I or %L.
-- Fails where something else was built on the view. A migration that drops user_events has to call it again for every row of
-- event_schema_mode.
create or replace function make_event_view(p_company_id int, p_name text) returns void language plpgsql as $$
declare
  v_schema text := 'company_' || p_company_id;
  v_view text;
  v_properties jsonb;
  v_property record;
  v_base text;
  v_column text;
  v_value text;
  v_columns text := '';
  v_taken text[] := '{event_id,event_timestamp,site_id,session_id,visitor_id,user_id,page_url,metadata}';
begin
  select m.view_name, s.json_schema -> 'properties' into strict v_view, v_properties
  from event_schema_mode m join event_schema s using (company_id, name)
  where m.company_id = p_company_id and m.name = p_name
  order by s.version desc limit 1;

  for v_property in
    select key, value ->> 'format' as format, case jsonb_typeof(value -> 'type')
        when 'string' then value ->> 'type'
        when 'array' then (select min(t) from jsonb_array_elements_text(value -> 'type') t where t <> 'null' having count(*) = 1)
      end as type
    from jsonb_each(coalesce(v_properties, '{}')) order by key collate "C"
  loop
    v_base := left(trim(both '_' from regexp_replace(lower(v_property.key collate "C"), '[^a-z0-9_]+', '_', 'g')), 50);
    if v_base = '' then v_base := 'property'; end if;
    if v_base = any (v_taken[1:8]) then v_base := left('property_' || v_base, 50); end if;
    v_column := v_base;
    for v_number in 2 .. 1000 loop
      exit when v_column <> all (v_taken);
      v_column := v_base || '_' || v_number;
    end loop;
    v_taken := v_taken || v_column;
    v_value := format('metadata -> %L', v_property.key);
    v_columns := v_columns || ', ' || format(case
      when v_property.type = 'string' and v_property.format = 'date-time' then 'property_time(%1$s)'
      when v_property.type = 'string' then 'case jsonb_typeof(%1$s) when ''string'' then (%1$s) #>> ''{}'' end'
      when v_property.type = 'boolean' then 'case jsonb_typeof(%1$s) when ''boolean'' then (%1$s)::boolean end'
      when v_property.type = 'integer' then 'case jsonb_typeof(%1$s) when ''number'' then case when (%1$s)::numeric %% 1 = 0 '
        'and (%1$s)::numeric between -9223372036854775808 and 9223372036854775807 then (%1$s)::numeric::bigint end end'
      -- Less than 1e-307 is no double that every server takes, and 0 is another value.
      when v_property.type = 'number' then 'case jsonb_typeof(%1$s) when ''number'' then case when (%1$s)::numeric = 0 '
        'or abs((%1$s)::numeric) between 1e-307 and 1e308 then (%1$s)::numeric::double precision end end'
      else '%1$s'
    end || ' as %2$I', v_value, v_column);
  end loop;

  execute format('create schema if not exists %I', v_schema);
  execute format('drop view if exists %I.%I', v_schema, v_view);
  execute format(
    'create view %I.%I as select event_id, event_timestamp, site_id, session_id, visitor_id, user_id, page_url%s, metadata '
    'from public.user_events where company_id = %L::int and event_type = ''custom'' and event_name = %L',
    v_schema, v_view, v_columns, p_company_id, p_name);
  execute format('comment on view %I.%I is %L', v_schema, v_view, 'Custom events named ' || p_name);
end
$$;
