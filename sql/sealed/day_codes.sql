-- What the events of a day are, as way_codes and value_sets have it: types, names and pages.
select code_key, min(happened_key) as happened_key, min(event_type collate "C") as event_type, min(event_name collate "C") as event_name,
       min(page_path collate "C") as page_path
from day_raw
group by 1
