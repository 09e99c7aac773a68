-- Language, screen and terms of the events of a day, by seen_key.
select seen_key, min(language collate "C") as language, min(screen collate "C") as screen, min(utm_term collate "C") as utm_term,
       min(utm_content collate "C") as utm_content
from day_raw
group by 1
