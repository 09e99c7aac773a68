-- "What was rejected last?" is asked while a site is being connected, again and again.
create index dead_letters_by_site on dead_letters (company_id, site_id, received_at desc nulls last, log_offset desc)
  where replayed_outcome is distinct from 'accepted';
