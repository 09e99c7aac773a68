-- Sums of each hour of sealed days, and of the whole days, for time series and hours of the week.
create table sealed_hours (
  company_id int not null,
  day date not null,
  site_id int not null,
  -- Distinct visitors with an event in it.
  visitors int not null,
  events int not null,
  page_views int not null,
  -- That began in it; the figures below are theirs.
  sessions int not null,
  bounces int not null,
  -- The two durations in the middle, in whole seconds; null without sessions.
  low_middle int,
  high_middle int,
  -- Whole hours from the first moment of the day to that of the hour; 0 for the whole day.
  hour smallint not null,
  is_bot boolean not null,
  is_day boolean not null,
  -- Each different duration in whole seconds, ascending; shorter[n] sessions were shorter than seconds[n], and there is one more: all sessions.
  seconds int[],
  shorter int[],
  primary key (company_id, is_day, day, site_id, is_bot, hour)
);
