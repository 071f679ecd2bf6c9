-- The payments of a batch held against the books once more, before its file goes to the bank: who died,
-- left, or has another account since is held back, with why.
with listed as materialized (
  select p.id, p.place_code, p.entitlement_id, p.household_no, p.holder_name, p.account_token, p.fen
  from payments_payment p where p.batch_id = %(batch)s and p.status = 'waiting'
),
judged as materialized (
  select l.*, coalesce(j.reason, 'changed') as why
  from listed l
  join payments_judge((select array_agg(entitlement_id) from listed), %(low)s, %(high)s) j
    on j.entitlement_id = l.entitlement_id
  where j.reason is not null or j.account_token is distinct from l.account_token
    or btrim(j.name) is distinct from l.holder_name
),
told as (
  insert into payments_stop (batch_id, place_code, entitlement_id, household_no, reason, at_sending)
  select %(batch)s, place_code, entitlement_id, household_no, why, true from judged
  returning 1
),
held as (
  update payments_payment p set status = 'dropped' from judged where p.id = judged.id
  returning p.fen
)
select (select count(*) from held), (select coalesce(sum(fen), 0)::bigint from held),
  (select count(*) from told)
