-- What the interest among some entitlements is worked out from, at this moment: the loan and what was paid
-- back of it, in order of the days. Who claims and who pays sees no loan: they are read here for that alone.
create function payments_interest(wanted bigint[])
returns table (household_no text, place_code text, scheme text, term text, first_day date,
               last_day date, applied_on date, fen bigint, rate numeric, lent_on date, lent bigint,
               days date[], repaid bigint[])
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  own constant text := current_setting('app.classes', true);
begin
  perform set_config('app.classes', 'persons,money', true);
  return query
  select e.household_no, e.place_code::text, e.scheme, e.term, e.first_day, e.last_day, e.applied_on,
    e.fen, l.rate, l.lent_on, l.fen,
    array(select r.paid_on from payments_repayment r where r.loan_id = l.id
          order by r.paid_on, r.id),
    array(select r.fen from payments_repayment r where r.loan_id = l.id order by r.paid_on, r.id)
  from unnest(wanted) as each (id)
  join payments_entitlement e on e.id = each.id
  join payments_loan l on l.id = e.loan_id
  order by e.id;
  perform set_config('app.classes', own, true);
end $$;
