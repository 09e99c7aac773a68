-- For a session that moves to another start or site: says that the day it leaves has changed, if that is an old one. Answers
-- the last argument, because it is called in the middle of the change, where the old row is at hand.
create or replace function leave_day(p_company_id int, p_site_id int, p_started_at timestamptz, p_next anyelement)
returns anyelement language plpgsql as $$
begin
  if p_started_at < late_before() then
    perform reopen_days(array[row(p_company_id, p_site_id, p_started_at)::touched_moment]);
  end if;
  return p_next;
end
$$;
