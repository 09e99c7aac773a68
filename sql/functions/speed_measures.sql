-- The measures of speed: up to which value it is good, above which poor (for load there are none), and the buckets of its
-- histogram, how wide and how many before the open one.
create or replace function speed_measures()
returns table (measure text, good float8, poor float8, width float8, buckets int) language sql immutable parallel safe rows 6 as $$
  values ('LCP', 2500::float8, 4000::float8, 250::float8, 32), ('INP', 200, 500, 25, 40), ('CLS', 0.1, 0.25, 0.01, 50),
         ('FCP', 1800, 3000, 150, 40), ('TTFB', 800, 1800, 100, 40), ('load', null, null, 250, 40)
$$;
