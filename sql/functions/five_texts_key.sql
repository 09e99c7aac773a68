-- A key of five texts, each of which may be absent; cheaper than trait_key(), for what is computed of every event.
create or replace function five_texts_key(p_first text, p_second text, p_third text, p_fourth text, p_fifth text) returns bigint
language sql immutable parallel safe as $$
  select hashtextextended(coalesce(p_fifth, ''), hashtextextended(coalesce(p_fourth, ''), hashtextextended(coalesce(p_third, ''),
           hashtextextended(coalesce(p_second, ''), hashtextextended(coalesce(p_first, ''),
             (p_first is null)::int + 2 * (p_second is null)::int + 4 * (p_third is null)::int + 8 * (p_fourth is null)::int
               + 16 * (p_fifth is null)::int)))))
$$;
