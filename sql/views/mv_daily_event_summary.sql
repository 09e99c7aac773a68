-- Events of today (UTC) by type; always fresh.
create or replace view mv_daily_event_summary as
select
  company_id,
  (event_timestamp at time zone 'UTC')::date as event_date,
  event_type,
  count(*) as event_count,
  count(distinct user_id) as unique_users,
  count(distinct session_id) as unique_sessions
from user_events
where event_timestamp >= date_trunc('day', now(), 'UTC')
group by company_id, event_date, event_type;
