-- The key of an element of a page in click_repeats, for 64 bits instead of text where millions are compared; of an element of any page
-- where the page is null. 0 is any element.
create or replace function click_key(p_page text, p_element text) returns bigint language sql immutable parallel safe as $$
  select coalesce(nullif(hashtextextended(coalesce(p_element, ''), case when p_page is null then 0 else hashtextextended(p_page, 0) end), 0), 1)
$$;
