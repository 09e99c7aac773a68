-- How far each partition of the log is stored. Read and written by take_over and apply_batch only.
create table ingest_partition (
  topic text not null,
  partition int not null,
  -- Raised by every takeover; a batch of an older epoch is fenced.
  epoch bigint not null default 0,
  -- Offset of the first record that is not stored yet.
  next_offset bigint not null default 0,
  -- Hash of the record at next_offset - 1: tells a log that was truncated, restored or made anew.
  anchor bytea,
  owner text,
  backend_pid int,
  backend_start timestamptz,
  -- Greatest receive time among the stored records.
  received_to timestamptz,
  -- The log's end when the last batch was fetched.
  high_seen bigint,
  updated_at timestamptz not null default now(),
  primary key (topic, partition)
) with (fillfactor = 50);

-- Who tries to read: a row a worker, renewed twice a second. Correctness rests on the epoch, not on this.
create table worker_lease (
  topic text not null,
  worker_id text not null,
  renewed_at timestamptz not null default now(),
  primary key (topic, worker_id)
);

-- Balance sheet by minute of receipt: taken = stored + duplicate + dead_letter.
create table ingest_balance (
  company_id int not null,
  minute timestamptz not null,
  shard int not null,
  taken bigint not null default 0,
  stored bigint not null default 0,
  duplicate bigint not null default 0,
  dead_letter bigint not null default 0,
  primary key (company_id, minute, shard)
) with (fillfactor = 70);

-- Sessions of events that came without one: a visitor's latest spans, as the sessionizer left them.
create table visitor_state (
  company_id int not null,
  site_id int not null,
  visitor_id text not null,
  spans jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (company_id, site_id, visitor_id)
);

-- What an operator must know: lost ranges, holes, stopped partitions.
create table ingest_incident (
  incident_id bigint generated always as identity primary key,
  topic text not null,
  partition int not null,
  kind text not null,
  from_offset bigint,
  to_offset bigint,
  detail text not null,
  at timestamptz not null default now()
);
