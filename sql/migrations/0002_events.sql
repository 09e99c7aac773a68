-- Raw events: append-only, immutable; everything in 0003 can be recomputed from them.
-- Partitioned by the event's own time, which a sender keeps over retries: a retry meets its first copy in the same
-- partition. The key starts with the company, or one tenant could hide another's event.
create table user_events (
  company_id int not null,
  event_timestamp timestamptz not null,
  event_id uuid not null,
  site_id int not null,
  log_partition int not null,
  log_offset bigint not null,
  received_at timestamptz not null,
  sequence bigint not null,
  is_bot boolean not null,
  text_repaired boolean not null,
  event_type text not null,
  event_name text,
  session_id text,
  visitor_id text,
  user_id text,
  page_url text,
  page_path text,
  page_title text,
  last_page_url text,
  referrer_domain text,
  channel text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  utm_term text,
  utm_content text,
  element_selector text,
  element_text text,
  element_type text,
  target_url text,
  user_agent text,
  ip_address inet,
  device_type text,
  browser text,
  browser_version text,
  os text,
  os_version text,
  country text,
  region text,
  city text,
  language text,
  time_zone text,
  screen text,
  viewport text,
  x_coordinate int,
  y_coordinate int,
  -- web_vital: the measure; scroll: depth in percent; keydown: how many keys.
  value double precision,
  duration_ms bigint,
  load_ms bigint,
  session_duration_seconds bigint,
  sent_skew_ms int,
  bot_reason text,
  experiments jsonb,
  metadata jsonb,
  primary key (company_id, event_timestamp, event_id)
) partition by range (event_timestamp);

-- Events out of the months made ahead, such as an import of old logs.
create table user_events_default partition of user_events default;

-- Records of the log that did not become events, with their bytes.
create table dead_letters (
  company_id int not null,
  topic text not null,
  log_partition int not null,
  log_offset bigint not null,
  site_id int not null,
  event_id uuid,
  reason text not null,
  field text not null,
  message text not null,
  received_at timestamptz,
  kept_at timestamptz not null default now(),
  payload bytea not null,
  primary key (company_id, topic, log_partition, log_offset)
);

create index dead_letters_by_time on dead_letters (company_id, kept_at desc);
create index dead_letters_by_event on dead_letters (company_id, event_id) where event_id is not null;
