-- Activity of signed-in people in the last hour, by user; always fresh.
create or replace view mv_user_activity as
select
  company_id,
  user_id,
  count(*) as event_count,
  count(distinct session_id) as session_count,
  count(*) filter (where event_type = 'page_view') as page_views,
  count(*) filter (where event_type = 'click') as clicks,
  min(event_timestamp) as first_activity,
  max(event_timestamp) as last_activity
from user_events
where user_id is not null and event_timestamp > now() - interval '1 hour'
group by company_id, user_id;
