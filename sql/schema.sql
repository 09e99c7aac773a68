-- What the database consists of, listed from its catalogue. Written anew by: npx vitest -u run sql/schema

table annotation
  company_id integer not null
  annotation_id uuid not null default gen_random_uuid()
  at timestamp with time zone not null
  site_id integer
  text text not null
  author text not null
  created_at timestamp with time zone not null default now()
  changed_at timestamp with time zone not null default now()
  constraint annotation_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint annotation_company_id_site_id_fkey FOREIGN KEY (company_id, site_id) REFERENCES site(company_id, site_id)
  constraint annotation_pkey PRIMARY KEY (company_id, annotation_id)
  CREATE INDEX annotation_by_time ON public.annotation USING btree (company_id, at)

table api_key
  key_hash bytea not null
  prefix text not null
  company_id integer not null
  site_id integer not null
  kind text not null
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone
  revoked_at timestamp with time zone
  last_used_at timestamp with time zone
  key_id uuid not null default gen_random_uuid()
  label text not null default ''::text
  scopes text[] not null default '{ingest}'::text[]
  events_per_second integer
  replaced_by uuid
  constraint api_key_check CHECK (((kind = 'secret'::text) OR (scopes = '{ingest}'::text[])))
  constraint api_key_company_id_key_id_key UNIQUE (company_id, key_id)
  constraint api_key_company_id_site_id_fkey FOREIGN KEY (company_id, site_id) REFERENCES site(company_id, site_id)
  constraint api_key_events_per_second_check CHECK ((events_per_second > 0))
  constraint api_key_kind_check CHECK ((kind = ANY (ARRAY['write'::text, 'secret'::text])))
  constraint api_key_pkey PRIMARY KEY (company_id, key_hash)
  constraint api_key_scopes_check CHECK (((scopes <@ '{ingest,read,admin}'::text[]) AND (cardinality(scopes) > 0)))
  CREATE INDEX api_key_by_hash ON public.api_key USING btree (key_hash)

table audit_log
  company_id integer not null
  audit_id bigint not null generated always as identity
  at timestamp with time zone not null default now()
  who text not null
  person_id uuid
  key_id uuid
  rpc text not null
  target text not null
  outcome text not null default 'begun'::text
  address text not null
  constraint audit_log_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint audit_log_pkey PRIMARY KEY (company_id, audit_id)
  CREATE INDEX audit_log_by_person ON public.audit_log USING btree (company_id, person_id, audit_id) WHERE (person_id IS NOT NULL)

table breakdown_repeats
  value_key bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  dimension text not null
  previous_days date[] not null
  up_to integer[] not null
  CREATE INDEX breakdown_repeats_by_day ON public.breakdown_repeats USING btree (company_id, dimension, day)

table chained_days
  company_id integer not null
  time_zone text not null
  day date not null
  constraint chained_days_pkey PRIMARY KEY (company_id, time_zone, day)

table click_repeats
  element_key bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  previous_days date[] not null
  up_to integer[] not null
  CREATE INDEX click_repeats_by_element ON public.click_repeats USING btree (company_id, element_key, day)

table click_traits
  company_id integer not null
  trait_id integer not null generated always as identity
  trait_key bigint not null
  kind text not null
  page_path text
  element_selector text
  element_text text
  element_type text
  device_type text
  browser text
  os text
  is_signed_in boolean
  country text
  region text
  city text
  viewport text
  referrer_domain text
  channel text
  utm_source text
  utm_medium text
  utm_campaign text
  constraint click_traits_company_id_trait_id_key UNIQUE (company_id, trait_id)
  constraint click_traits_pkey PRIMARY KEY (company_id, trait_key)

table clicked_weeks
  company_id integer not null
  week date not null
  site_id integer not null
  element_trait integer not null
  clicks integer not null
  element_sessions integer not null
  any_page_sessions integer not null
  all_sessions integer not null
  element_visitors integer not null
  any_page_visitors integer not null
  all_visitors integer not null
  rage_clicks integer not null
  rages integer not null
  dead_clicks integer not null
  is_bot boolean not null
  CREATE INDEX clicked_weeks_by_week ON public.clicked_weeks USING btree (company_id, week)

table cohort_returns
  company_id integer not null
  first_day date not null
  day date not null
  site_id integer not null
  visitors integer not null
  first_of_week integer not null
  first_of_month integer not null
  second_days integer not null
  is_bot boolean not null
  CREATE INDEX cohort_returns_by_day ON public.cohort_returns USING btree (company_id, day)
  CREATE INDEX cohort_returns_by_first_day ON public.cohort_returns USING btree (company_id, first_day)

table company
  company_id integer not null generated by default as identity
  name text not null
  created_at timestamp with time zone not null default now()
  events_per_second integer
  constraint company_events_per_second_check CHECK ((events_per_second > 0))
  constraint company_pkey PRIMARY KEY (company_id)

table company_mark with (fillfactor=50)
  company_id integer not null
  shard integer not null
  stored bigint not null
  constraint company_mark_pkey PRIMARY KEY (company_id, shard)

table dead_letters
  company_id integer not null
  topic text not null
  log_partition integer not null
  log_offset bigint not null
  site_id integer not null
  event_id uuid
  reason text not null
  field text not null
  message text not null
  received_at timestamp with time zone
  kept_at timestamp with time zone not null default now()
  payload bytea not null
  is_record boolean not null default false
  replayed_at timestamp with time zone
  replayed_outcome text
  constraint dead_letters_pkey PRIMARY KEY (company_id, topic, log_partition, log_offset)
  constraint dead_letters_replayed_outcome_check CHECK ((replayed_outcome = ANY (ARRAY['accepted'::text, 'rejected'::text, 'not_replayable'::text])))
  CREATE INDEX dead_letters_by_cause ON public.dead_letters USING btree (company_id, reason, field, kept_at, topic, log_partition, log_offset) INCLUDE (replayed_outcome)
  CREATE INDEX dead_letters_by_event ON public.dead_letters USING btree (company_id, event_id) WHERE (event_id IS NOT NULL)
  CREATE INDEX dead_letters_by_site ON public.dead_letters USING btree (company_id, site_id, received_at DESC NULLS LAST, log_offset DESC) WHERE (replayed_outcome IS DISTINCT FROM 'accepted'::text)
  CREATE INDEX dead_letters_by_time ON public.dead_letters USING btree (company_id, kept_at DESC)

table event_schema
  company_id integer not null
  name text not null
  version integer not null
  json_schema jsonb not null
  created_at timestamp with time zone not null default now()
  constraint event_schema_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint event_schema_pkey PRIMARY KEY (company_id, name, version)

table event_schema_mode
  company_id integer not null
  name text not null
  mode text not null
  changed_at timestamp with time zone not null default now()
  view_name text not null
  constraint event_schema_mode_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint event_schema_mode_company_id_view_name_key UNIQUE (company_id, view_name)
  constraint event_schema_mode_mode_check CHECK ((mode = ANY (ARRAY['off'::text, 'report'::text, 'enforce'::text])))
  constraint event_schema_mode_pkey PRIMARY KEY (company_id, name)

table event_schema_report
  company_id integer not null
  name text not null
  version integer not null
  hour timestamp with time zone not null
  site_id integer not null
  field text not null
  rule text not null
  events bigint not null
  last_message text not null
  constraint event_schema_report_pkey PRIMARY KEY (company_id, name, version, hour, site_id, field, rule)

table ingest_balance with (fillfactor=70)
  company_id integer not null
  minute timestamp with time zone not null
  shard integer not null
  taken bigint not null default 0
  stored bigint not null default 0
  duplicate bigint not null default 0
  dead_letter bigint not null default 0
  constraint ingest_balance_pkey PRIMARY KEY (company_id, minute, shard)

table ingest_incident
  incident_id bigint not null generated always as identity
  topic text not null
  partition integer not null
  kind text not null
  from_offset bigint
  to_offset bigint
  detail text not null
  at timestamp with time zone not null default now()
  constraint ingest_incident_pkey PRIMARY KEY (incident_id)

table ingest_partition with (fillfactor=50)
  topic text not null
  partition integer not null
  epoch bigint not null default 0
  next_offset bigint not null default 0
  anchor bytea
  owner text
  backend_pid integer
  backend_start timestamp with time zone
  received_to timestamp with time zone
  high_seen bigint
  updated_at timestamp with time zone not null default now()
  constraint ingest_partition_pkey PRIMARY KEY (topic, partition)

table invitation
  company_id integer not null
  invitation_id uuid not null default gen_random_uuid()
  email text not null
  role text not null
  token_hash bytea not null
  invited_by text not null
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  ended_at timestamp with time zone
  constraint invitation_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint invitation_email_check CHECK ((email = lower(email)))
  constraint invitation_pkey PRIMARY KEY (company_id, invitation_id)
  constraint invitation_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'editor'::text, 'admin'::text])))
  CREATE INDEX invitation_by_token ON public.invitation USING btree (token_hash)

table membership
  company_id integer not null
  person_id uuid not null
  role text not null
  created_at timestamp with time zone not null default now()
  constraint membership_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint membership_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(person_id) ON DELETE CASCADE
  constraint membership_pkey PRIMARY KEY (company_id, person_id)
  constraint membership_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'editor'::text, 'admin'::text])))
  CREATE INDEX membership_by_person ON public.membership USING btree (person_id)

table page_repeats
  page_key bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  dimension text not null
  previous_days date[] not null
  up_to integer[] not null
  CREATE INDEX page_repeats_by_day ON public.page_repeats USING btree (company_id, dimension, day)

table person
  person_id uuid not null default gen_random_uuid()
  email text not null
  name text not null
  password_hash text not null
  must_change_password boolean not null default false
  created_at timestamp with time zone not null default now()
  constraint person_email_check CHECK ((email = lower(email)))
  constraint person_email_key UNIQUE (email)
  constraint person_pkey PRIMARY KEY (person_id)

table refresh_token
  token_hash bytea not null
  sign_in_id uuid not null
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  used_at timestamp with time zone
  successor_salt bytea
  constraint refresh_token_pkey PRIMARY KEY (token_hash)
  constraint refresh_token_sign_in_id_fkey FOREIGN KEY (sign_in_id) REFERENCES sign_in(sign_in_id) ON DELETE CASCADE
  CREATE INDEX refresh_token_by_sign_in ON public.refresh_token USING btree (sign_in_id)

table rollup_events_hourly with (fillfactor=70)
  company_id integer not null
  site_id integer not null
  hour timestamp with time zone not null
  event_type text not null
  event_name text not null
  is_bot boolean not null
  shard integer not null
  events bigint not null
  constraint rollup_events_hourly_pkey PRIMARY KEY (company_id, hour, site_id, event_type, event_name, is_bot, shard)

table rollup_visitor_gaps with (fillfactor=70)
  company_id integer not null
  site_id integer not null
  is_bot boolean not null
  day date not null
  previous_day date not null
  shard integer not null
  visitors bigint not null
  constraint rollup_visitor_gaps_pkey PRIMARY KEY (company_id, day, previous_day, site_id, is_bot, shard)

table saved_funnel
  company_id integer not null
  funnel_id uuid not null default gen_random_uuid()
  name text not null
  definition jsonb not null
  created_at timestamp with time zone not null default now()
  changed_at timestamp with time zone not null default now()
  changed_by text not null
  constraint saved_funnel_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint saved_funnel_company_id_name_key UNIQUE (company_id, name)
  constraint saved_funnel_pkey PRIMARY KEY (company_id, funnel_id)

table schema_version
  name text not null
  hash text not null
  applied_at timestamp with time zone not null default now()
  constraint schema_version_pkey PRIMARY KEY (name)

table sealed_breakdowns
  events bigint not null
  page_views bigint not null
  duration_us bigint not null
  value_key bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  sessions integer not null
  visitors integer not null
  bounces integer not null
  is_bot boolean not null
  dimension text not null
  value text not null
  CREATE INDEX sealed_breakdowns_by_day ON public.sealed_breakdowns USING btree (company_id, dimension, day)

table sealed_clicks
  visitor_key bigint
  company_id integer not null
  day date not null
  site_id integer not null
  element_trait integer not null
  visit_trait integer not null
  source_trait integer not null
  session_no integer
  x integer
  y integer
  marks smallint not null
  is_bot boolean not null
  CREATE INDEX sealed_clicks_by_day ON public.sealed_clicks USING btree (company_id, day, element_trait)
  CREATE INDEX sealed_clicks_by_visitor ON public.sealed_clicks USING btree (company_id, visitor_key)

table sealed_days with (fillfactor=70)
  company_id integer not null
  time_zone text not null
  day date not null
  is_sealed boolean not null default false
  mark xid8
  waits_since timestamp with time zone not null default now()
  constraint sealed_days_pkey PRIMARY KEY (company_id, time_zone, day)
  CREATE INDEX sealed_days_waiting ON public.sealed_days USING btree (company_id) WHERE (NOT is_sealed)

table sealed_event_counts
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  event_type text not null
  event_name text not null
  events bigint not null
  constraint sealed_event_counts_pkey PRIMARY KEY (company_id, day, site_id, is_bot, event_type, event_name)

table sealed_event_values
  value_key bigint not null
  events bigint not null
  page_views bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  visitors integer not null
  whole_sessions integer not null
  is_bot boolean not null
  dimension text not null
  value text not null
  other_sessions bigint[] not null
  CREATE INDEX sealed_event_values_by_day ON public.sealed_event_values USING btree (company_id, dimension, day)

table sealed_experiments
  events bigint not null
  first_seen timestamp with time zone not null
  last_seen timestamp with time zone not null
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  experiment text not null
  variant text
  visitor_keys bigint[] not null
  CREATE INDEX sealed_experiments_by_day ON public.sealed_experiments USING btree (company_id, day)

table sealed_form_steps
  visitor_key bigint
  duration_ms bigint
  company_id integer not null
  day date not null
  site_id integer not null
  element_trait integer not null
  visit_trait integer not null
  source_trait integer not null
  is_bot boolean not null
  step "char" not null
  CREATE INDEX sealed_form_steps_by_day ON public.sealed_form_steps USING btree (company_id, day)

table sealed_hours
  company_id integer not null
  day date not null
  site_id integer not null
  visitors integer not null
  events integer not null
  page_views integer not null
  sessions integer not null
  bounces integer not null
  low_middle integer
  high_middle integer
  hour smallint not null
  is_bot boolean not null
  is_day boolean not null
  seconds integer[]
  shorter integer[]
  constraint sealed_hours_pkey PRIMARY KEY (company_id, is_day, day, site_id, is_bot, hour)

table sealed_other_values
  visitor_key bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  happened_set integer not null
  seen_set integer not null
  is_bot boolean not null
  CREATE INDEX sealed_other_values_by_day ON public.sealed_other_values USING btree (company_id, day)
  CREATE INDEX sealed_other_values_by_visitor ON public.sealed_other_values USING btree (company_id, visitor_key)

table sealed_page_spans
  time_us bigint not null
  entry_duration_us bigint not null
  exit_duration_us bigint not null
  company_id integer not null
  first_day date not null
  site_id integer not null
  views integer not null
  visitors integer not null
  sessions integer not null
  timed integer not null
  entries integer not null
  exits integer not null
  bounces integer not null
  entry_visitors integer not null
  entry_events integer not null
  entry_page_views integer not null
  exit_visitors integer not null
  exit_events integer not null
  exit_page_views integer not null
  exit_bounces integer not null
  span_days smallint not null
  is_bot boolean not null
  page text
  depths double precision[]
  of_depths integer[]
  CREATE INDEX sealed_page_spans_by_day ON public.sealed_page_spans USING btree (company_id, span_days, first_day)

table sealed_pages
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  page text
  views integer not null
  visitors integer not null
  sessions integer not null
  timed integer not null
  time_us bigint not null
  entries integer not null
  exits integer not null
  bounces integer not null
  depths double precision[]
  of_depths integer[]
  entry_duration_us bigint not null
  exit_duration_us bigint not null
  entry_visitors integer not null
  entry_events integer not null
  entry_page_views integer not null
  exit_visitors integer not null
  exit_events integer not null
  exit_page_views integer not null
  exit_bounces integer not null
  CREATE INDEX sealed_pages_by_day ON public.sealed_pages USING btree (company_id, day)

table sealed_session_totals
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  sessions bigint not null
  bounces bigint not null
  events bigint not null
  page_views bigint not null
  duration_us bigint not null
  seconds integer[] not null
  of_seconds integer[] not null
  constraint sealed_session_totals_pkey PRIMARY KEY (company_id, day, site_id, is_bot)

table sealed_sessions
  visitor_key bigint
  duration_us bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  events integer not null
  page_views integer not null
  entry_trait integer not null
  exit_trait integer not null
  source_trait integer not null
  client_trait integer not null
  place_trait integer not null
  started_minute smallint not null
  is_bot boolean not null
  is_bounce boolean not null
  happened_set integer not null
  seen_set integer not null
  CREATE INDEX sealed_sessions_by_day ON public.sealed_sessions USING btree (company_id, day)
  CREATE INDEX sealed_sessions_by_place ON public.sealed_sessions USING btree (company_id, place_trait, day)
  CREATE INDEX sealed_sessions_by_source ON public.sealed_sessions USING btree (company_id, source_trait, day)
  CREATE INDEX sealed_sessions_by_visitor ON public.sealed_sessions USING btree (company_id, visitor_key)

table sealed_speed
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  measure text not null
  bucket integer not null
  samples integer not null
  good integer not null
  poor integer not null
  values double precision[] not null
  of_values integer[] not null
  CREATE INDEX sealed_speed_by_day ON public.sealed_speed USING btree (company_id, day)

table sealed_through
  company_id integer not null
  time_zone text not null
  day date not null
  constraint sealed_through_pkey PRIMARY KEY (company_id, time_zone)

table sealed_user_days
  user_key bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  name_keys bigint[] not null
  CREATE INDEX sealed_user_days_by_day ON public.sealed_user_days USING btree (company_id, day)

table sealed_views
  company_id integer not null
  day date not null
  site_id integer not null
  place_trait integer not null
  is_bot boolean not null
  visitor_keys bigint[] not null
  times_us bigint[] not null
  sessions integer[] not null
  page_traits integer[] not null
  source_traits integer[] not null
  client_traits integer[] not null
  loads_ms bigint[] not null
  depths double precision[] not null
  minutes smallint[] not null
  CREATE INDEX sealed_views_by_day ON public.sealed_views USING btree (company_id, day)

table sealed_visitor_pages
  visitor_key bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  page_keys bigint[] not null
  CREATE INDEX sealed_visitor_pages_by_day ON public.sealed_visitor_pages USING btree (company_id, day)
  CREATE INDEX sealed_visitor_pages_by_visitor ON public.sealed_visitor_pages USING btree (company_id, visitor_key)

table sealed_visitor_times
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  visitor_keys bigint[] not null
  first_minutes smallint[] not null
  last_minutes smallint[] not null
  CREATE INDEX sealed_visitor_times_by_day ON public.sealed_visitor_times USING btree (company_id, day)

table sealed_vitals
  company_id integer not null
  day date not null
  site_id integer not null
  is_bot boolean not null
  measure text not null
  values double precision[] not null
  page_traits integer[] not null
  source_traits integer[] not null
  client_traits integer[] not null
  place_traits integer[] not null
  minutes smallint[] not null
  CREATE INDEX sealed_vitals_by_day ON public.sealed_vitals USING btree (company_id, measure, day)

table sealed_ways
  names bigint not null
  pages bigint not null
  company_id integer not null
  day date not null
  site_id integer not null
  client_trait integer not null
  place_trait integer not null
  is_bot boolean not null
  visitor_key bigint
  session_key bigint
  user_key bigint
  codes integer[] not null
  moments bigint[] not null
  CREATE INDEX sealed_ways_by_day ON public.sealed_ways USING btree (company_id, day)

table segment
  company_id integer not null
  segment_id uuid not null default gen_random_uuid()
  name text not null
  definition jsonb not null
  version integer not null default 1
  created_at timestamp with time zone not null default now()
  changed_at timestamp with time zone not null default now()
  constraint segment_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint segment_company_id_name_key UNIQUE (company_id, name)
  constraint segment_pkey PRIMARY KEY (company_id, segment_id)

table session_traits
  company_id integer not null
  trait_id integer not null generated always as identity
  trait_key bigint not null
  kind text not null
  page text
  referrer_domain text
  channel text
  utm_source text
  utm_medium text
  utm_campaign text
  device_type text
  browser text
  os text
  is_signed_in boolean
  country text
  region text
  city text
  constraint session_traits_company_id_trait_id_key UNIQUE (company_id, trait_id)
  constraint session_traits_pkey PRIMARY KEY (company_id, trait_key)

table sessions with (fillfactor=50)
  company_id integer not null
  session_id text not null
  site_id integer not null
  visitor_key bigint
  visitor_id text
  user_id text
  started_at timestamp with time zone not null
  ended_at timestamp with time zone not null
  events integer not null
  page_views integer not null
  clicks integer not null
  interactions integer not null
  is_bot boolean not null
  entry_pageless boolean not null
  entry_at timestamp with time zone not null
  entry_sequence bigint not null
  entry_event_id uuid not null
  entry_page text
  referrer_domain text
  channel text
  utm_source text
  utm_medium text
  utm_campaign text
  device_type text
  browser text
  os text
  country text
  region text
  city text
  exit_paged boolean not null
  exit_at timestamp with time zone not null
  exit_sequence bigint not null
  exit_event_id uuid not null
  exit_page text
  constraint sessions_pkey PRIMARY KEY (company_id, session_id)
  CREATE INDEX sessions_by_start ON public.sessions USING btree (company_id, started_at)

table settings_version
  only_row boolean not null default true
  version bigint not null
  constraint settings_version_only_row_check CHECK (only_row)
  constraint settings_version_pkey PRIMARY KEY (only_row)

table shared_link
  company_id integer not null
  link_id uuid not null default gen_random_uuid()
  token_hash bytea not null
  name text not null
  path text not null
  search text not null
  site_id integer
  filters jsonb not null
  segment_id uuid
  created_by text not null
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  revoked_at timestamp with time zone
  last_used_at timestamp with time zone
  constraint shared_link_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint shared_link_pkey PRIMARY KEY (company_id, link_id)
  CREATE INDEX shared_link_by_token ON public.shared_link USING btree (token_hash)

table sign_in
  sign_in_id uuid not null default gen_random_uuid()
  person_id uuid not null
  chosen_company_id integer not null
  address text not null
  user_agent text not null
  created_at timestamp with time zone not null default now()
  last_seen_at timestamp with time zone not null default now()
  ended_at timestamp with time zone
  ended_why text
  constraint sign_in_chosen_company_id_fkey FOREIGN KEY (chosen_company_id) REFERENCES company(company_id)
  constraint sign_in_ended_why_check CHECK ((ended_why = ANY (ARRAY['signed_out'::text, 'signed_out_everywhere'::text, 'password_changed'::text, 'token_reused'::text, 'expired'::text])))
  constraint sign_in_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(person_id) ON DELETE CASCADE
  constraint sign_in_pkey PRIMARY KEY (sign_in_id)
  CREATE INDEX sign_in_by_person ON public.sign_in USING btree (person_id) WHERE (ended_at IS NULL)

table site
  company_id integer not null
  site_id integer not null generated by default as identity
  name text not null
  kind text not null
  allowed_origins text[] not null default '{}'::text[]
  ip_mode text not null default 'cut'::text
  time_zone text not null default 'UTC'::text
  created_at timestamp with time zone not null default now()
  container_id text not null default ('uf-'::text || "left"(replace((gen_random_uuid())::text, '-'::text, ''::text), 12))
  cookieless boolean not null default false
  query_parameters text[]
  denied_properties text[] not null default '{}'::text[]
  respect_do_not_track boolean not null default false
  demo_until timestamp with time zone
  constraint site_company_id_container_id_key UNIQUE (company_id, container_id)
  constraint site_company_id_fkey FOREIGN KEY (company_id) REFERENCES company(company_id)
  constraint site_ip_mode_check CHECK ((ip_mode = ANY (ARRAY['cut'::text, 'full'::text, 'none'::text])))
  constraint site_kind_check CHECK ((kind = ANY (ARRAY['web'::text, 'server'::text, 'app'::text])))
  constraint site_pkey PRIMARY KEY (company_id, site_id)
  CREATE INDEX site_with_demo ON public.site USING btree (company_id) WHERE (demo_until IS NOT NULL)

table stored_events partition by RANGE (event_timestamp)
  company_id integer not null
  site_id integer not null
  event_timestamp timestamp with time zone not null
  event_id uuid not null
  log_offset bigint not null
  received_at timestamp with time zone not null
  sequence bigint not null
  agent_key bigint
  value double precision
  duration_ms bigint
  load_ms bigint
  session_duration_seconds bigint
  log_partition integer not null
  sent_skew_ms integer
  x_coordinate integer
  y_coordinate integer
  is_bot boolean not null
  text_repaired boolean not null
  event_type text not null
  event_name text
  session_id text
  visitor_id text
  user_id text
  page_url text
  page_path text
  page_title text
  last_page_url text
  referrer_domain text
  channel text
  utm_source text
  utm_medium text
  utm_campaign text
  utm_term text
  utm_content text
  element_selector text
  element_text text
  element_type text
  target_url text
  ip_address inet
  country text
  region text
  city text
  language text
  time_zone text
  screen text
  viewport text
  bot_reason text
  experiments jsonb
  metadata jsonb
  unread_bytes bytea
  constraint stored_events_pkey PRIMARY KEY (company_id, event_timestamp, event_id)

table summed_weeks
  company_id integer not null
  time_zone text not null
  week date not null
  constraint summed_weeks_pkey PRIMARY KEY (company_id, time_zone, week)

table token_key
  key_id uuid not null default gen_random_uuid()
  private_key jsonb not null
  created_at timestamp with time zone not null default now()
  constraint token_key_pkey PRIMARY KEY (key_id)

table user_agents
  company_id integer not null
  agent_key bigint not null
  user_agent text
  device_type text
  browser text
  browser_version text
  os text
  os_version text
  constraint user_agents_pkey PRIMARY KEY (company_id, agent_key)

table user_events_default
  company_id integer not null
  site_id integer not null
  event_timestamp timestamp with time zone not null
  event_id uuid not null
  log_offset bigint not null
  received_at timestamp with time zone not null
  sequence bigint not null
  agent_key bigint
  value double precision
  duration_ms bigint
  load_ms bigint
  session_duration_seconds bigint
  log_partition integer not null
  sent_skew_ms integer
  x_coordinate integer
  y_coordinate integer
  is_bot boolean not null
  text_repaired boolean not null
  event_type text not null
  event_name text
  session_id text
  visitor_id text
  user_id text
  page_url text
  page_path text
  page_title text
  last_page_url text
  referrer_domain text
  channel text
  utm_source text
  utm_medium text
  utm_campaign text
  utm_term text
  utm_content text
  element_selector text
  element_text text
  element_type text
  target_url text
  ip_address inet
  country text
  region text
  city text
  language text
  time_zone text
  screen text
  viewport text
  bot_reason text
  experiments jsonb
  metadata jsonb
  unread_bytes bytea
  constraint user_events_default_pkey PRIMARY KEY (company_id, event_timestamp, event_id)

table value_sets
  company_id integer not null
  set_id integer not null generated always as identity
  set_key bigint not null
  dimensions text[] not null
  value_keys bigint[] not null
  constraint value_sets_company_id_set_id_key UNIQUE (company_id, set_id)
  constraint value_sets_pkey PRIMARY KEY (company_id, set_key)

table visitor_days
  company_id integer not null
  site_id integer not null
  is_bot boolean not null
  visitor_key bigint not null
  day date not null
  previous_day date
  entry_pageless boolean not null
  entry_at timestamp with time zone not null
  entry_sequence bigint not null
  entry_event_id uuid not null
  entry_page text
  referrer_domain text
  channel text
  device_type text
  browser text
  os text
  country text
  region text
  city text
  constraint visitor_days_pkey PRIMARY KEY (company_id, site_id, is_bot, visitor_key, day)

table visitor_returns
  company_id integer not null
  day date not null
  previous_day date not null
  site_id integer not null
  is_bot boolean not null
  visitor_keys bigint[] not null
  CREATE INDEX visitor_returns_by_day ON public.visitor_returns USING btree (company_id, day)

table visitor_salt
  day date not null
  salt bytea not null
  constraint visitor_salt_pkey PRIMARY KEY (day)

table visitor_state
  company_id integer not null
  site_id integer not null
  visitor_id text not null
  spans jsonb not null
  updated_at timestamp with time zone not null default now()
  constraint visitor_state_pkey PRIMARY KEY (company_id, site_id, visitor_id)

table visitors with (fillfactor=80)
  company_id integer not null
  site_id integer not null
  is_bot boolean not null
  visitor_key bigint not null
  first_day date not null
  last_day date not null
  constraint visitors_pkey PRIMARY KEY (company_id, site_id, is_bot, visitor_key)

table way_codes
  company_id integer not null
  code integer not null
  code_key bigint not null
  event_type text not null
  event_name text
  page_path text
  name_bit bigint not null
  page_bit bigint not null
  constraint way_codes_company_id_code_key_key UNIQUE (company_id, code_key)
  constraint way_codes_pkey PRIMARY KEY (company_id, code)

table worker_lease
  topic text not null
  worker_id text not null
  renewed_at timestamp with time zone not null default now()
  constraint worker_lease_pkey PRIMARY KEY (topic, worker_id)

view mv_daily_event_summary as
 SELECT company_id,
    ((event_timestamp AT TIME ZONE 'UTC'::text))::date AS event_date,
    event_type,
    count(*) AS event_count,
    count(DISTINCT user_id) AS unique_users,
    count(DISTINCT session_id) AS unique_sessions
   FROM user_events
  WHERE (event_timestamp >= date_trunc('day'::text, now(), 'UTC'::text))
  GROUP BY company_id, (((event_timestamp AT TIME ZONE 'UTC'::text))::date), event_type;

view mv_user_activity as
 SELECT company_id,
    user_id,
    count(*) AS event_count,
    count(DISTINCT session_id) AS session_count,
    count(*) FILTER (WHERE (event_type = 'page_view'::text)) AS page_views,
    count(*) FILTER (WHERE (event_type = 'click'::text)) AS clicks,
    min(event_timestamp) AS first_activity,
    max(event_timestamp) AS last_activity
   FROM user_events
  WHERE ((user_id IS NOT NULL) AND (event_timestamp > (now() - '01:00:00'::interval)))
  GROUP BY company_id, user_id;

view user_events as
 SELECT e.company_id,
    e.event_timestamp,
    e.event_id,
    e.site_id,
    e.log_partition,
    e.log_offset,
    e.received_at,
    e.sequence,
    e.is_bot,
    e.text_repaired,
    e.event_type,
    e.event_name,
    e.session_id,
    e.visitor_id,
    e.user_id,
    e.page_url,
    e.page_path,
    e.page_title,
    e.last_page_url,
    e.referrer_domain,
    e.channel,
    e.utm_source,
    e.utm_medium,
    e.utm_campaign,
    e.utm_term,
    e.utm_content,
    e.element_selector,
    e.element_text,
    e.element_type,
    e.target_url,
    a.user_agent,
    e.ip_address,
    a.device_type,
    a.browser,
    a.browser_version,
    a.os,
    a.os_version,
    e.country,
    e.region,
    e.city,
    e.language,
    e.time_zone,
    e.screen,
    e.viewport,
    e.x_coordinate,
    e.y_coordinate,
    e.value,
    e.duration_ms,
    e.load_ms,
    e.session_duration_seconds,
    e.sent_skew_ms,
    e.bot_reason,
    e.experiments,
    e.metadata,
    e.unread_bytes
   FROM (stored_events e
     LEFT JOIN user_agents a ON (((a.company_id = e.company_id) AND (a.agent_key = e.agent_key))));

function add_balance(p_shard integer, p_extra jsonb) returns void

function add_company_marks(p_shard integer) returns void

function add_events_hourly(p_shard integer) returns void

function add_sessions() returns touched_moment[]

function add_to_known_sessions() returns touched_moment[]

function add_visitor_days(p_shard integer) returns void

function apply_batch(p_topic text, p_partition integer, p_epoch bigint, p_first bigint, p_next bigint, p_anchor bytea, p_extra jsonb) returns TABLE(outcome text, stored integer, duplicate integer, dead_letter integer)

function chain_breakdowns(p_company_id integer, p_time_zone text, p_first date, p_last date) returns void

function chain_clicks(p_company_id integer, p_time_zone text, p_first date, p_last date) returns void

function chain_days(p_company_id integer, p_time_zone text) returns bigint

function chain_event_values(p_company_id integer, p_time_zone text, p_first date, p_last date) returns void

function chain_pages(p_company_id integer, p_time_zone text, p_first date, p_last date) returns void

function chain_returns(p_company_id integer, p_time_zone text, p_first date, p_last date) returns void

function chained_run(p_company_id integer, p_from timestamp with time zone, p_to timestamp with time zone) returns TABLE(sites integer[], is_listed boolean, first_day date, end_day date)

function click_key(p_page text, p_element text) returns bigint

function clicks_of_week(p_company_id integer, p_time_zone text, p_week date) returns TABLE(site_id integer, element_trait integer, clicks integer, element_sessions integer, any_page_sessions integer, all_sessions integer, element_visitors integer, any_page_visitors integer, all_visitors integer, rage_clicks integer, rages integer, dead_clicks integer, is_bot boolean)

function company_zones(p_company_id integer) returns TABLE(time_zone text, sites integer[], is_listed boolean)

function duration_us(p_started_at timestamp with time zone, p_ended_at timestamp with time zone) returns bigint

function empty_stage() returns void

function ensure_event_partitions(p_back integer, p_ahead integer) returns integer

function first_moment(p_local timestamp without time zone, p_zone text) returns timestamp with time zone

function five_texts_key(p_first text, p_second text, p_third text, p_fourth text, p_fifth text) returns bigint

function forget_sealed_days() returns trigger

function funnel_path(p_steps integer[], p_times timestamp with time zone[], p_enters boolean[], p_count integer, p_window interval, p_strict boolean, p_days integer[], p_zone text) returns integer[]

function insert_events(p_shard integer) returns void

function insert_new_events(p_shard integer) returns integer

function insert_new_visitors(p_shard integer) returns void

function insert_visitor_days(p_shard integer) returns void

function is_bounce(p_page_views integer, p_interactions integer) returns boolean

function judged_clicks(p_company_id integer, p_time_zone text, p_sites integer[], p_is_listed boolean, p_from timestamp with time zone, p_to timestamp with time zone) returns TABLE(event_timestamp timestamp with time zone, event_id uuid, site_id integer, is_bot boolean, day date, session_key bigint, visitor_key bigint, page text, element text, label text, kind text, marks smallint)

function known_returns(p_company_id integer) returns TABLE(site_id integer, last_day date)

function late_before() returns timestamp with time zone

function leave_day(p_company_id integer, p_site_id integer, p_started_at timestamp with time zone, p_next anyelement) returns anyelement

function make_event_view(p_company_id integer, p_name text) returns void

function make_page_spans(p_company_id integer, p_time_zone text, p_first date, p_last date) returns void

function mark_replayed(p_company_id integer, p_letters jsonb) returns integer

function merge_known_visitor_days() returns void

function name_click_traits(p_company_id integer, p_time_zone text, p_day date) returns void

function name_traits(p_company_id integer, p_time_zone text, p_day date) returns void

function name_value_sets(p_company_id integer, p_time_zone text, p_day date) returns void

function name_ways(p_company_id integer, p_time_zone text, p_day date) returns void

function note_settings_change() returns trigger

function page_figures(p_company_id integer, p_site_ids integer[], p_from timestamp with time zone, p_to timestamp with time zone, p_include_bots boolean, p_with_depths boolean) returns TABLE(page text, views bigint, visitors bigint, sessions bigint, timed bigint, time_us bigint, entries bigint, exits bigint, bounces bigint, depths double precision[], of_depths integer[])

function page_key(p_page text) returns bigint

function page_parts(p_company_id integer, p_from timestamp with time zone, p_to timestamp with time zone) returns TABLE(sites integer[], is_listed boolean, first_day date, end_day date, is_chained boolean, span_days integer)

function page_sums(p_company_id integer, p_site_ids integer[], p_from timestamp with time zone, p_to timestamp with time zone, p_include_bots boolean) returns TABLE(page text, is_chained boolean, views bigint, visitors bigint, sessions bigint, timed bigint, time_us numeric, entries bigint, exits bigint, bounces bigint, entry_visitors bigint, entry_events bigint, entry_page_views bigint, entry_duration_us numeric, exit_visitors bigint, exit_events bigint, exit_page_views bigint, exit_bounces bigint, exit_duration_us numeric)

function period_parts(p_company_id integer, p_from timestamp with time zone, p_to timestamp with time zone) returns TABLE(is_sealed boolean, from_time timestamp with time zone, to_time timestamp with time zone, first_day date, end_day date, sites integer[], is_listed boolean)

function property_time(p_value jsonb) returns timestamp with time zone

function protect_companies() returns void

function raw_days(p_company_id integer, p_from timestamp with time zone, p_to timestamp with time zone) returns TABLE(day date, sites integer[], is_listed boolean, from_time timestamp with time zone, to_time timestamp with time zone)

function record_incident(p_topic text, p_partition integer, p_kind text, p_from bigint, p_to bigint, p_detail text) returns void

function register_days(p_least_events bigint) returns bigint

function reopen_days(p_touched touched_moment[]) returns void

function set_values(p_company_id integer) returns TABLE(set_id integer, dimension text, value_key bigint)

function speed_measures() returns TABLE(measure text, good double precision, poor double precision, width double precision, buckets integer)

function stage_prepare() returns void

function stage_visitor_days() returns void

function staged_events(p_shard integer) returns SETOF stored_events

function steps_by_name(p_names text[], p_name text) returns integer

function store_dead_letters(p_topic text, p_partition integer, p_dead jsonb) returns integer

function store_events(p_shard integer) returns integer

function store_user_agents(p_agents jsonb) returns void

function store_visitor_states(p_states jsonb) returns void

function take_over(p_topic text, p_partition integer, p_owner text) returns TABLE(epoch bigint, next_offset bigint, anchor bytea)

function texts_key(p_first text, p_second text, p_third text) returns bigint

function trait_key(p_kind text, p_columns text[]) returns bigint

function trait_values(p_company_id integer) returns TABLE(trait_id integer, dimension text, value_key bigint)

function unchain_days(p_company_id integer, p_time_zone text, p_day date) returns void

function value_key(p_dimension text, p_value text) returns bigint

function value_set_key(p_kind text, p_keys bigint[]) returns bigint

function visit_key(p_session_id text, p_day date, p_site_id integer, p_is_bot boolean) returns bigint

function visitor_states(p_company_ids integer[], p_site_ids integer[], p_visitor_ids text[]) returns TABLE(company_id integer, site_id integer, visitor_id text, spans jsonb)

function visitors_of_pages(p_company_id integer, p_site_ids integer[], p_first_day date, p_end_day date, p_include_bots boolean) returns TABLE(page_key bigint, of_site bigint, visitor_key bigint)

function way_moment(p_day date, p_at timestamp with time zone, p_before bigint) returns bigint

function way_time(p_day date, p_moment bigint) returns timestamp with time zone

function zone_of_site(p_company_id integer, p_site_id integer) returns text
