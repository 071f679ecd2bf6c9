-- What passes between places that do not see each other. Each function runs as the owner, who is held by
-- row security too: it widens the scope for its own few statements and never answers with what it saw.

-- The lowest place that holds both.
create function crossing_common(a text, b text) returns text
language sql immutable strict as $$
  select rpad(case
    when a = b then a
    when left(a, 9) = left(b, 9) then left(a, 9)
    when left(a, 6) = left(b, 6) then left(a, 6)
    when left(a, 4) = left(b, 4) then left(a, 4)
    when left(a, 2) = left(b, 2) then left(a, 2)
    else '' end, 12, '0')
$$;

-- Widen the scope to every person of the books; gives the settings to return to. The caller returns to
-- them before it ends (an error rolls them back with everything else).
create function crossing_widen() returns text[]
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  before text[] := array[
    coalesce(current_setting('app.lo', true), ''), coalesce(current_setting('app.hi', true), ''),
    coalesce(current_setting('app.pattern', true), ''),
    coalesce(current_setting('app.classes', true), '')];
begin
  perform set_config('app.lo', '0', true), set_config('app.hi', ':', true),
    set_config('app.pattern', '', true), set_config('app.classes', 'persons', true);
  return before;
end $$;
create function crossing_narrow(before text[]) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform set_config('app.lo', before[1], true), set_config('app.hi', before[2], true),
    set_config('app.pattern', before[3], true), set_config('app.classes', before[4], true);
end $$;
revoke execute on function crossing_widen(), crossing_narrow(text[]) from public;

-- Accept an open offer whose receiving place lies in the caller's scope: so does the receiving place
-- itself, and any superior that both share. All rows of the household follow it by their composite keys.
-- Tells whether it was accepted; why not is not told.
create function crossing_accept(offer bigint) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  found_offer crossing_moveoffer;
  before text[];
begin
  if not coalesce('persons' = any (string_to_array(current_setting('app.classes', true), ',')), false)
  then
    return false;
  end if;
  select * into found_offer from crossing_moveoffer
    where id = offer and state = 'open' and {to_place_in_scope} for update;
  if not found then
    return false;
  end if;
  before := crossing_widen();
  update crossing_moveoffer set state = 'accepted', answered_by = current_setting('app.actor'),
    answered_at = transaction_timestamp() where id = offer;
  update households_household set place_code = found_offer.to_place
    where household_no = found_offer.household_no and place_code = found_offer.from_place;
  if not found then
    raise exception 'the household of offer % is gone', offer;
  end if;
  perform crossing_narrow(before);
  return true;
end $$;
revoke execute on function crossing_accept(bigint) from public;
grant execute on function crossing_accept(bigint) to bangfu_web;

-- Note persons of one certificate number in two places, for the lowest place that holds both. It runs
-- after every statement that writes persons, found or not, so that no answer and no delay tells.
create function crossing_note_duplicates() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before text[];
begin
  -- A new key gives every number a new token and finds nobody new (walls.rotation).
  if current_setting('app.reason', true) = 'key rotation' then
    return null;
  end if;
  before := crossing_widen();
  insert into crossing_duplicate (place_code, certificate_token, household_a, person_a, place_a,
    household_b, person_b, place_b, finding, note, settled_by)
  select crossing_common(a.place_code, b.place_code), a.certificate_token,
    a.household_no, a.person_no, a.place_code, b.household_no, b.person_no, b.place_code, 'open', '', ''
  from (
    select distinct on (t.certificate_token, least(t.household_no, o.household_no),
        greatest(t.household_no, o.household_no))
      t.id as one, o.id as other
    from written t join households_person o on o.certificate_token = t.certificate_token
    where t.certificate_token is not null and t.certificate_placeholder is not true
      and o.household_no <> t.household_no and o.place_code <> t.place_code
  ) pair
  join households_person a on a.id in (pair.one, pair.other)
  join households_person b on b.id in (pair.one, pair.other) and a.household_no < b.household_no
  on conflict do nothing;
  perform crossing_narrow(before);
  return null;
end $$;
create trigger crossing_duplicates_in after insert on households_person
  referencing new table as written for each statement execute function crossing_note_duplicates();
create trigger crossing_duplicates_changed after update on households_person
  referencing new table as written for each statement execute function crossing_note_duplicates();
