-- Recomputes visitors from visitor_days.
select company_id, site_id, is_bot, visitor_key, min(day) as first_day, max(day) as last_day
from visitor_days
group by 1, 2, 3, 4
