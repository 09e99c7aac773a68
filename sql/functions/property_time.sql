-- A property as a time, if it is text of the form of RFC 3339 with an existing day and a zone; else null. Never fails.
create or replace function property_time(p_value jsonb) returns timestamptz language sql stable parallel safe as $$
  select case
    when jsonb_typeof(p_value) = 'string' then case
      when (p_value #>> '{}') ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,18})?([Zz]|[+-](0\d|1[0-4]):[0-5]\d)$'
      then case
        when substr(p_value #>> '{}', 1, 4)::int between 1 and 9998 and substr(p_value #>> '{}', 9, 2)::int <= case
          when substr(p_value #>> '{}', 6, 2) in ('04', '06', '09', '11') then 30
          when substr(p_value #>> '{}', 6, 2) <> '02' then 31
          when substr(p_value #>> '{}', 1, 4)::int % 400 = 0 then 29
          when substr(p_value #>> '{}', 1, 4)::int % 100 = 0 then 28
          when substr(p_value #>> '{}', 1, 4)::int % 4 = 0 then 29
          else 28
        end then (p_value #>> '{}')::timestamptz
      end
    end
  end
$$;
