-- Note persons of one certificate number in two places, for the lowest place that holds both. It runs
-- after every statement that writes persons, found or not, so that no answer and no delay tells.
--
-- A person is told with the first of the number in another village of the township, and with the first
-- outside it: so all of a number hang together, and a number that thousands were given by mistake makes
-- twice as many rows as there are persons, not as many as there are pairs.
create or replace function crossing_note_duplicates() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  before text[];
begin
  -- A new key gives every number a new token and finds nobody new (walls.rotation).
  if current_setting('app.reason', true) = 'key rotation' then
    return null;
  end if;
  before := crossing_widen();
  with shared as materialized (
    select o.certificate_token as token
    from households_person o
    where o.certificate_placeholder is not true and o.certificate_token in (
      select certificate_token from written
      where certificate_token is not null and certificate_placeholder is not true)
    group by 1 having min(o.place_code) <> max(o.place_code)
  ),
  -- Of each number the first person of every village.
  firsts as materialized (
    select distinct on (o.certificate_token, o.place_code) o.certificate_token as token, o.id,
      o.household_no, o.person_no, o.place_code, left(o.place_code, 9) as township
    from shared join households_person o on o.certificate_token = shared.token
    where o.certificate_placeholder is not true
    order by o.certificate_token, o.place_code, o.id
  ),
  -- Whoever lives in the village of a township's first is told with its second, all others with the first.
  nearby as (
    select * from (
      select firsts.*, row_number() over in_order as nth,
        first_value(place_code) over in_order as first_village
      from firsts window in_order as (partition by token, township order by id)) ranked
    where nth <= 2
  ),
  -- The same with the townships of a number.
  around as (
    select * from (
      select nearby.*, row_number() over in_order as nth_township,
        first_value(township) over in_order as first_township
      from nearby where nth = 1 window in_order as (partition by token order by id)) ranked
    where nth_township <= 2
  ),
  pair as (
    select t.certificate_token as token, t.household_no, t.person_no, t.place_code,
      other.household_no as other_no, other.person_no as other_person, other.place_code as other_place
    from written t join nearby other on other.token = t.certificate_token
      and other.township = left(t.place_code, 9)
      and (other.nth = 1) = (other.first_village <> t.place_code)
    where t.certificate_placeholder is not true
    union all
    select t.certificate_token, t.household_no, t.person_no, t.place_code,
      other.household_no, other.person_no, other.place_code
    from written t join around other on other.token = t.certificate_token
      and (other.nth_township = 1) = (other.first_township <> left(t.place_code, 9))
    where t.certificate_placeholder is not true
  )
  insert into crossing_duplicate (place_code, certificate_token, household_a, person_a, place_a,
    household_b, person_b, place_b, finding, note, settled_by)
  select crossing_common(place_code, other_place), token, household_no, person_no, place_code,
    other_no, other_person, other_place, 'open', '', ''
  from pair where household_no < other_no
  union all
  select crossing_common(place_code, other_place), token, other_no, other_person, other_place,
    household_no, person_no, place_code, 'open', '', ''
  from pair where household_no > other_no
  on conflict do nothing;
  perform crossing_narrow(before);
  return null;
end $$;
