-- Of 624 bytes an event, 115 were its user agent and 30 what was read from it: the same few thousand texts over and over.
-- They are kept once for each company, under a key made of their content, and `user_events` is a view that has them in
-- their places. Who does not ask for them pays nothing: the join is left out of the plan.
create table user_agents (
  company_id int not null,
  -- First 64 bits of the SHA-256 of the columns below, joined by line feeds.
  agent_key bigint not null,
  user_agent text,
  device_type text,
  browser text,
  browser_version text,
  os text,
  os_version text,
  primary key (company_id, agent_key)
);

drop view if exists mv_user_activity, mv_daily_event_summary;
alter table user_events rename to stored_events;
alter table stored_events add column agent_key bigint;

update stored_events set agent_key = ('x' || left(encode(sha256(convert_to(concat(
    user_agent, E'\n', device_type, E'\n', browser, E'\n', browser_version, E'\n', os, E'\n', os_version), 'UTF8')),
  'hex'), 16))::bit(64)::bigint
where coalesce(user_agent, device_type, browser, browser_version, os, os_version) is not null;

insert into user_agents
select distinct on (company_id, agent_key)
  company_id, agent_key, user_agent, device_type, browser, browser_version, os, os_version
from stored_events where agent_key is not null;

-- Of [{"experiment_id": "checkout", "variant": "b"}] two thirds were the names: {"checkout": "b"}.
update stored_events set experiments =
  (select jsonb_object_agg(e ->> 'experiment_id', e ->> 'variant') from jsonb_array_elements(experiments) e)
where experiments is not null;

alter table stored_events drop column user_agent, drop column device_type, drop column browser,
  drop column browser_version, drop column os, drop column os_version;

-- Every stored event, with its columns as queries know them. Its rows lie in stored_events, what the user agent says in
-- user_agents; where a query asks for nothing of that, the join is left out of its plan.
create view user_events as
select
  e.company_id, e.event_timestamp, e.event_id, e.site_id, e.log_partition, e.log_offset, e.received_at, e.sequence,
  e.is_bot, e.text_repaired, e.event_type, e.event_name, e.session_id, e.visitor_id, e.user_id, e.page_url, e.page_path,
  e.page_title, e.last_page_url, e.referrer_domain, e.channel, e.utm_source, e.utm_medium, e.utm_campaign, e.utm_term,
  e.utm_content, e.element_selector, e.element_text, e.element_type, e.target_url, a.user_agent, e.ip_address,
  a.device_type, a.browser, a.browser_version, a.os, a.os_version, e.country, e.region, e.city, e.language, e.time_zone,
  e.screen, e.viewport, e.x_coordinate, e.y_coordinate, e.value, e.duration_ms, e.load_ms, e.session_duration_seconds,
  e.sent_skew_ms, e.bot_reason, e.experiments, e.metadata
from stored_events e
left join user_agents a on a.company_id = e.company_id and a.agent_key = e.agent_key;

-- These two name it, so they are made anew after this file.
delete from schema_version where name in ('views/mv_user_activity.sql', 'views/mv_daily_event_summary.sql');
