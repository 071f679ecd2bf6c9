-- The entitlements that wait to be paid, each held against the books of this moment: those that may be
-- paid become payments of the batch, the others are kept out of it with why.
with waiting as materialized (
  select e.id, e.place_code, e.household_no, e.person_no, e.fen, coalesce(f.failed, 0) as failed
  from payments_entitlement e
  join notices_notice n on n.id = e.notice_id
  left join (
    select p.entitlement_id, count(*) filter (where p.status = 'failed') as failed,
      bool_or(p.status in ('waiting', 'paid')) as live
    from payments_payment p group by p.entitlement_id) f on f.entitlement_id = e.id
  where e.status = 'noticed' and e.scheme = %(scheme)s and e.term = %(term)s
    and e.project = %(project)s
    and e.place_code >= %(low)s and e.place_code < %(high)s
    and n.closes_on < %(today)s and n.withdrawn_at is null
    and not coalesce(f.live, false) and coalesce(f.failed, 0) < %(attempts)s
),
judged as materialized (
  select w.*, j.name, j.account, j.account_token, j.account_end, j.reason,
    row_number() over (order by w.place_code, w.household_no, w.person_no, w.id) as position
  from waiting w
  join payments_judge((select array_agg(id) from waiting), %(low)s, %(high)s) j
    on j.entitlement_id = w.id
),
stopped as (
  insert into payments_stop (batch_id, place_code, entitlement_id, household_no, reason, at_sending)
  select %(batch)s, place_code, id, household_no, reason, false from judged where reason is not null
  returning 1
),
paid as (
  insert into payments_payment
    (batch_id, position, place_code, entitlement_id, attempt, household_no, holder_name, account,
     account_token, account_end, fen, status, failure)
  select %(batch)s, position, place_code, id, failed + 1, household_no, btrim(name), account,
    account_token, account_end, fen, 'waiting', ''
  from judged where reason is null
  returning fen
)
select (select count(*) from paid), (select count(*) from stopped),
  (select coalesce(sum(fen), 0) from paid)
