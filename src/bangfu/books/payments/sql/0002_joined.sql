-- A household that others joined (并户) answers for what they got under their own numbers.

-- The numbers of the households that joined this one, and that joined those.
create function payments_former_numbers(number text) returns setof text
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  with recursive joined(household_no) as (
    select number
    union
    select h.household_no from households_happening h join joined j on h.other_no = j.household_no
    where h.kind = 'merge')
  select household_no from joined where household_no <> number
$$;

-- What a household has once a term, none of those that joined it had in that term.
create function payments_joined_once() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  had payments_entitlement;
begin
  select e.* into had from payments_entitlement e
  where e.per_household and e.status <> 'refused'
    and e.household_no in (select payments_former_numbers(new.household_no))
    and (e.scheme = new.scheme and e.term = new.term
         or e.excludes_in = new.excludes_in
            and daterange(e.first_day, e.last_day, '[]')
                && daterange(new.first_day, new.last_day, '[]'))
  limit 1;
  if found and had.scheme = new.scheme and had.term = new.term then
    raise exception 'household % had this as %', new.household_no, had.household_no
      using errcode = 'unique_violation', constraint = 'payments_entitlement_household_once';
  elsif found then
    raise exception 'household % had what excludes this as %', new.household_no, had.household_no
      using errcode = 'exclusion_violation', constraint = 'payments_entitlement_household_stacked';
  end if;
  return new;
end $$;
create trigger payments_joined_once before insert on payments_entitlement
  for each row when (new.per_household) execute function payments_joined_once();

-- As in 0001; and what both households were to have once stays with the number that is left: it is
-- stopped before it is paid, and can be sent back.
create or replace function payments_follow() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  update payments_account set household_no = new.household_no
    where household_no = old.household_no and person_no = new.person_no;
  update payments_loan set household_no = new.household_no
    where household_no = old.household_no and person_no = new.person_no;
  update payments_entitlement e set household_no = new.household_no
    where household_no = old.household_no and person_no = new.person_no
      and not exists (select from payments_payment
                      where entitlement_id = e.id and status in ('waiting', 'paid'))
      and not (e.per_household and e.status <> 'refused' and exists (
        select from payments_entitlement o
        where o.household_no = new.household_no and o.per_household and o.status <> 'refused'
          and o.excludes_in = e.excludes_in
          and daterange(o.first_day, o.last_day, '[]')
              && daterange(e.first_day, e.last_day, '[]')));
  return null;
end $$;
