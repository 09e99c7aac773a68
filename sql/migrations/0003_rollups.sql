-- What is derived from user_events inside apply_batch. `npm run rollups -- verify` proves each equal to the raw events.
-- "First event" is the least by (has no page, time, sequence, event id), "last event" the greatest by
-- (has a page, time, sequence, event id): orders that do not depend on arrival, so late events need no special path.

create table sessions (
  company_id int not null,
  session_id text not null,
  site_id int not null,
  visitor_key bigint,
  visitor_id text,
  -- If several people sign in during one session: the greatest id.
  user_id text,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  events int not null,
  page_views int not null,
  clicks int not null,
  -- Events that show a person at work: all but page_view and web_vital.
  interactions int not null,
  is_bot boolean not null,
  -- Key of the first event; the columns from entry_page to city are that event's.
  entry_pageless boolean not null,
  entry_at timestamptz not null,
  entry_sequence bigint not null,
  entry_event_id uuid not null,
  entry_page text,
  referrer_domain text,
  channel text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  device_type text,
  browser text,
  os text,
  country text,
  region text,
  city text,
  -- Key of the last event, and its page.
  exit_paged boolean not null,
  exit_at timestamptz not null,
  exit_sequence bigint not null,
  exit_event_id uuid not null,
  exit_page text,
  primary key (company_id, session_id)
) with (fillfactor = 80);

-- Sessions that began in a period: overview, and every list of sessions.
create index sessions_by_start on sessions (company_id, started_at);

-- Hot rows carry the log partition as shard, so that partitions never wait for each other; readers sum over shards.
create table rollup_events_hourly (
  company_id int not null,
  site_id int not null,
  hour timestamptz not null,
  event_type text not null,
  -- '' where the type has no names, because a key cannot hold null.
  event_name text not null,
  is_bot boolean not null,
  shard int not null,
  events bigint not null,
  primary key (company_id, hour, site_id, event_type, event_name, is_bot, shard)
) with (fillfactor = 70);

-- One row for each visitor and day on which the visitor was active; days are those of the site's time zone.
-- previous_day makes distinct visitors additive: visitors of [a, b] = rows in [a, b] whose previous_day is null or < a.
create table visitor_days (
  company_id int not null,
  site_id int not null,
  is_bot boolean not null,
  visitor_key bigint not null,
  day date not null,
  previous_day date,
  -- Key of the visitor's first event of the day; the columns after it are that event's.
  entry_pageless boolean not null,
  entry_at timestamptz not null,
  entry_sequence bigint not null,
  entry_event_id uuid not null,
  entry_page text,
  referrer_domain text,
  channel text,
  device_type text,
  browser text,
  os text,
  country text,
  region text,
  city text,
  primary key (company_id, site_id, is_bot, visitor_key, day)
);

-- One row a visitor: the lock under which its days are put in order.
create table visitors (
  company_id int not null,
  site_id int not null,
  is_bot boolean not null,
  visitor_key bigint not null,
  first_day date not null,
  last_day date not null,
  primary key (company_id, site_id, is_bot, visitor_key)
) with (fillfactor = 80);

-- How many visitors were active on `day` and before that last on `previous_day` ('-infinity': never before).
create table rollup_visitor_gaps (
  company_id int not null,
  site_id int not null,
  is_bot boolean not null,
  day date not null,
  previous_day date not null,
  shard int not null,
  visitors bigint not null,
  primary key (company_id, day, previous_day, site_id, is_bot, shard)
) with (fillfactor = 70);
