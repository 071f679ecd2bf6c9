-- The entitlements that wait to be paid, each held against the books of this moment: whom it goes to,
-- and why it is kept out (`reason`, null when it is paid). The first reason of the list counts.
with waiting as materialized (
  select e.*, coalesce(f.failed, 0) as failed
  from payments_entitlement e
  join notices_notice n on n.id = e.notice_id
  left join (
    select p.entitlement_id, count(*) filter (where p.status = 'failed') as failed,
      bool_or(p.status in ('waiting', 'paid')) as live
    from payments_payment p group by p.entitlement_id) f on f.entitlement_id = e.id
  where e.status = 'noticed' and e.scheme = %(scheme)s and e.term = %(term)s
    and e.line = %(line)s and e.project = %(project)s
    and e.place_code >= %(low)s and e.place_code < %(high)s
    and n.closes_on < %(today)s and n.withdrawn_at is null
    and not coalesce(f.live, false) and coalesce(f.failed, 0) < %(attempts)s
),
-- What became of somebody who is no longer in the household; a death before all else.
departed as (
  select household_no, person_no, bool_or(kind = 'death') as dead,
    bool_or(kind in ('move_out', 'marriage_out', 'emigration')) as moved
  from households_happening
  where kind in ('death', 'move_out', 'marriage_out', 'emigration', 'other_out') and person_no <> ''
  group by 1, 2
),
objected as (
  select o.notice_id from notices_objection o where o.answer is null or o.upheld group by 1
),
judged as materialized (
  select w.id, w.place_code, w.household_no, w.fen, w.failed, payee.name, a.account, a.account_token,
    a.account_end,
    case
      when me.id is null and d.dead then 'dead'
      when me.id is null and (d.moved or h.household_no is null) then 'moved'
      when h.place_code < %(low)s or h.place_code >= %(high)s then 'moved'
      when me.id is null then 'gone'
      when me.certificate_token is distinct from w.certificate_token then 'certificate'
      when payee.id is null then 'no_head'
      when a.id is null then 'no_account'
      when btrim(a.holder_name) is distinct from btrim(payee.name) then 'name'
      when not a.number_matches
        or a.certificate_token is distinct from payee.certificate_token then 'number'
      when o.notice_id is not null then 'objection'
    end as reason,
    row_number() over (order by w.place_code, w.household_no, w.person_no, w.id) as position
  from waiting w
  left join households_household h on h.household_no = w.household_no
  left join households_person me
    on me.household_no = w.household_no and me.person_no = w.person_no
  left join households_person head
    on w.pays_head and head.household_no = w.household_no and head.relation = '户主'
  left join households_person payee on payee.id = case when w.pays_head then head.id else me.id end
  left join payments_account a on a.household_no = payee.household_no
    and a.person_no = payee.person_no and a.closed_on is null
  left join departed d on d.household_no = w.household_no and d.person_no = w.person_no
  left join objected o on o.notice_id = w.notice_id
),
stopped as (
  insert into payments_stop (batch_id, place_code, entitlement_id, household_no, reason)
  select %(batch)s, place_code, id, household_no, reason from judged where reason is not null
  returning 1
),
paid as (
  insert into payments_payment
    (batch_id, position, place_code, entitlement_id, attempt, household_no, holder_name, account,
     account_token, account_end, fen, status, failure)
  select %(batch)s, position, place_code, id, failed + 1, household_no, btrim(name), account,
    account_token, account_end, fen, 'waiting', ''
  from judged where reason is null
  returning fen, attempt
)
select (select count(*) from paid), (select count(*) from stopped),
  (select coalesce(sum(fen), 0) from paid),
  (select coalesce(sum(fen), 0) from paid where attempt = 1)
