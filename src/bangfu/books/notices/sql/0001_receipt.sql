-- A receipt number: twelve of 32 signs that are not taken for one another, 60 random bits, in fours.
create function notices_receipt() returns text
language sql volatile parallel safe set search_path = pg_catalog, pg_temp
begin atomic
  -- Bytes 6 and 8 of a random UUID hold its version and variant.
  select string_agg(
    substr('23456789ABCDEFGHJKLMNPQRSTUVWXYZ', 1 + (get_byte(bytes, at) & 31), 1)
      || case when at in (3, 9) then '-' else '' end, '' order by at)
  from (select uuid_send(gen_random_uuid()) as bytes) as drawn,
    unnest(array[0, 1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 13]) as at;
end;
