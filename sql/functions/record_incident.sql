-- Writes down what an operator must know.
create or replace function record_incident(
  p_topic text, p_partition int, p_kind text, p_from bigint, p_to bigint, p_detail text
) returns void language sql as $$
  insert into ingest_incident (topic, partition, kind, from_offset, to_offset, detail)
  values (p_topic, p_partition, p_kind, p_from, p_to, p_detail)
$$;
