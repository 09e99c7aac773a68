-- The key of a page, for 64 bits instead of text where millions are compared; 0, of null, is any page.
create or replace function page_key(p_page text) returns bigint language sql immutable parallel safe as $$
  select case when p_page is null then 0 else coalesce(nullif(hashtextextended(p_page, 0), 0), 1) end
$$;
