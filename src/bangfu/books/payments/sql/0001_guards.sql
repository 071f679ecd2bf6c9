-- What the database holds of payments by itself, whoever writes.

-- Village, township and county are three people: not one with three accounts.
create function payments_three_people() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from accounts_operator
    where username in (new.applied_by, new.checked_by, new.approved_by)
      and person_token is not null
    group by person_token having count(*) > 1
  ) then
    raise exception 'entitlement % is checked by one person twice', new.id
      using errcode = 'check_violation', constraint = 'payments_entitlement_three_people';
  end if;
  return new;
end $$;

-- It begins as an application, whatever is sent.
create function payments_begins() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.status <> 'applied' or (new.checked_by, new.approved_by, new.refused_by) <> ('', '', '') then
    raise exception 'an entitlement begins as an application'
      using errcode = 'check_violation', constraint = 'payments_entitlement_begins';
  end if;
  return new;
end $$;
create trigger payments_begins before insert on payments_entitlement
  for each row execute function payments_begins();
create trigger payments_three_people before update on payments_entitlement
  for each row when (
    (new.checked_by, new.approved_by) is distinct from (old.checked_by, old.approved_by))
  execute function payments_three_people();

-- An act once signed stays signed by the same hand.
create function payments_signed() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if (new.checked_by <> old.checked_by
      and new.checked_by is distinct from current_setting('app.actor', true))
    or (new.approved_by <> old.approved_by
        and new.approved_by is distinct from current_setting('app.actor', true)) then
    raise exception 'nobody signs in another''s name'
      using errcode = 'check_violation', constraint = 'payments_entitlement_signed';
  end if;
  if (old.checked_by <> '' and new.checked_by <> old.checked_by)
    or (old.approved_by <> '' and (new.approved_by, new.project)
        is distinct from (old.approved_by, old.project))
    or (old.status = 'noticed' and new.notice_id is distinct from old.notice_id) then
    raise exception 'entitlement % was signed already', old.id
      using errcode = 'check_violation', constraint = 'payments_entitlement_signed';
  end if;
  if new.household_no <> old.household_no and not exists (
    select from households_person
    where household_no = new.household_no and person_no = new.person_no) then
    raise exception 'entitlement % follows its person and nobody else', old.id
      using errcode = 'check_violation', constraint = 'payments_entitlement_follows';
  end if;
  -- What went to the bank or was paid is not taken back here.
  if new.status = 'refused' and old.status <> 'refused' and exists (
    select from payments_payment
    where entitlement_id = old.id and status in ('waiting', 'paid')) then
    raise exception 'entitlement % is being paid or is paid', old.id
      using errcode = 'check_violation', constraint = 'payments_entitlement_unpaid';
  end if;
  return new;
end $$;
create trigger payments_signed before update on payments_entitlement
  for each row execute function payments_signed();

create function payments_two_people() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from accounts_operator a join accounts_operator b on a.person_token = b.person_token
    where a.username = new.made_by and b.username = new.sent_by
  ) then
    raise exception 'batch % is paid by the person who made it', new.id
      using errcode = 'check_violation', constraint = 'payments_batch_two_people';
  end if;
  return new;
end $$;
create trigger payments_two_people before insert or update on payments_batch
  for each row when (new.sent_by <> '') execute function payments_two_people();

-- A batch is paid by the payment of its own claim, whole; what the bank did not pay came back.
create function payments_batch_stays() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if (old.status <> 'made' and (new.payments_count, new.fen, new.claim_id)
      is distinct from (old.payments_count, old.fen, old.claim_id))
    or (old.status in ('sent', 'returned') and
      (new.stopped_count, new.held_count, new.held_fen, new.sent_by, new.sent_at, new.file_hash,
       new.payment_id)
      is distinct from
      (old.stopped_count, old.held_count, old.held_fen, old.sent_by, old.sent_at, old.file_hash,
       old.payment_id))
    or (old.status in ('returned', 'cancelled') and new is distinct from old) then
    raise exception 'batch % was sent already', old.id
      using errcode = 'check_violation', constraint = 'payments_batch_stays';
  end if;
  if new.status = 'submitted' and old.status = 'made' and not exists (
    select from funds_claim c join funds_contract k on k.id = c.contract_id
      join projects_project p on p.id = k.project_id
    where c.id = new.claim_id and c.kind = 'households' and c.fen = new.fen
      and c.status = 'lodged' and k.basis = 'roster' and k.fen = new.fen and p.number = new.project)
  then
    raise exception 'batch % is claimed as another sum, or on another project', old.id
      using errcode = 'check_violation', constraint = 'payments_batch_claim';
  end if;
  if new.status = 'sent' and old.status <> 'sent' and not exists (
    select from funds_payment where id = new.payment_id and claim_id = new.claim_id
      and fen = new.fen) then
    raise exception 'batch % is not paid by its claim, whole', old.id
      using errcode = 'check_violation', constraint = 'payments_batch_payment';
  end if;
  if new.status = 'cancelled' and exists (
    select from funds_claim where id = new.claim_id and status <> 'returned') then
    raise exception 'the claim of batch % stands', old.id
      using errcode = 'check_violation', constraint = 'payments_batch_claimed_still';
  end if;
  -- What the bank holds back it gives back: `held_fen` when the batch is sent, the rest with its return.
  if new.status in ('sent', 'returned') and old.status <> new.status
    and (select coalesce(sum(fen), 0) from funds_recovery where payment_id = new.payment_id)
      <> (case new.status when 'sent' then new.held_fen else new.fen - new.paid_fen end) then
    raise exception 'what came back of batch % is not what was not paid', old.id
      using errcode = 'check_violation', constraint = 'payments_batch_back';
  end if;
  return new;
end $$;
create trigger payments_batch_stays before update on payments_batch
  for each row execute function payments_batch_stays();

-- Payments come by the hundred thousand: they are tied a statement at a time. Each is its entitlement's
-- whole amount, at its place, noticed, of the batch's scheme, term and project, while the batch
-- is being made; the second attempt follows one that failed.
create function payments_belong() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from added p
    left join payments_batch b on b.id = p.batch_id and b.status = 'made'
    left join payments_entitlement e on e.id = p.entitlement_id and e.status = 'noticed'
      and e.place_code = p.place_code and e.fen = p.fen and e.household_no = p.household_no
      and e.scheme = b.scheme and e.term = b.term and e.project = b.project
    where e.id is null or p.status <> 'waiting'
      or left(p.place_code, 6) <> left(b.place_code, 6)
  ) then
    raise exception 'a payment is not what its entitlement and its batch say'
      using errcode = 'check_violation', constraint = 'payments_payment_belongs';
  end if;
  if exists (
    select from added p where p.attempt > 1 and not exists (
      select from payments_payment f where f.entitlement_id = p.entitlement_id
        and f.attempt = p.attempt - 1 and f.status = 'failed')
  ) then
    raise exception 'only what failed is paid again'
      using errcode = 'check_violation', constraint = 'payments_payment_again';
  end if;
  return null;
end $$;
create trigger payments_belong after insert on payments_payment
  referencing new table as added for each statement execute function payments_belong();

-- Payments are settled by the return of their batch, and dropped with it.
create function payments_settle() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from after_rows p join payments_batch b on b.id = p.batch_id
    where (p.status in ('paid', 'failed') and b.status not in ('sent', 'returned'))
       or (p.status = 'dropped' and b.status not in ('made', 'submitted', 'cancelled'))
  ) then
    raise exception 'a payment is settled only by the return of its batch'
      using errcode = 'check_violation', constraint = 'payments_payment_settles';
  end if;
  return null;
end $$;
create trigger payments_settle after update on payments_payment
  referencing new table as after_rows for each statement execute function payments_settle();

-- A claim of payments to households is paid with its batch and in no other way.
create function payments_only_batches() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (select from funds_claim where id = new.claim_id and kind = 'households')
    and not exists (select from payments_batch where payment_id = new.id and claim_id = new.claim_id)
  then
    raise exception 'claim % is paid by its batch', new.claim_id
      using errcode = 'check_violation', constraint = 'payments_batch_pays';
  end if;
  return null;
end $$;
create constraint trigger payments_only_batches after insert on funds_payment
  deferrable initially deferred for each row execute function payments_only_batches();

-- Somebody who goes to another household (households divide and join) takes along the account, the
-- loans, and what is not paid yet. What was paid stays where it was paid.
create function payments_follow() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  update payments_account set household_no = new.household_no
    where household_no = old.household_no and person_no = new.person_no;
  update payments_loan set household_no = new.household_no
    where household_no = old.household_no and person_no = new.person_no;
  update payments_entitlement e set household_no = new.household_no
    where household_no = old.household_no and person_no = new.person_no
      and not exists (select from payments_payment
                      where entitlement_id = e.id and status in ('waiting', 'paid'));
  return null;
end $$;
create trigger payments_follow after update of household_no on households_person
  for each row when (old.household_no is distinct from new.household_no)
  execute function payments_follow();

-- Some entitlements held against the books of this moment: whom each goes to, and why it must not be
-- paid (`reason`, null when it may). The first reason of the list counts. Who pays sees no household:
-- persons are read here for that alone.
create function payments_judge(wanted bigint[], low text, high text)
returns table (entitlement_id bigint, name text, account bytea, account_token text, account_end text,
               reason text)
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  own constant text := current_setting('app.classes', true);
begin
  perform set_config('app.classes', 'persons,money', true);
  return query
  with departed as (
    -- What became of somebody who is no longer in the household; a death before all else.
    select h.household_no, h.person_no, bool_or(h.kind = 'death') as dead,
      bool_or(h.kind in ('move_out', 'marriage_out', 'emigration')) as moved
    from households_happening h
    where h.kind in ('death', 'move_out', 'marriage_out', 'emigration', 'other_out')
      and h.person_no <> ''
    group by 1, 2
  ),
  objected as (
    select o.notice_id from notices_objection o where o.answer is null or o.upheld group by 1
  )
  select w.id, payee.name, a.account, a.account_token::text, a.account_end::text,
    case
      when me.id is null and d.dead then 'dead'
      when me.id is null and (d.moved or h.household_no is null) then 'moved'
      when h.place_code < low or h.place_code >= high then 'moved'
      when me.id is null then 'gone'
      when me.certificate_token is distinct from w.certificate_token then 'certificate'
      when payee.id is null then 'no_head'
      when a.id is null then 'no_account'
      when btrim(a.holder_name) is distinct from btrim(payee.name) then 'name'
      when not a.number_matches
        or a.certificate_token is distinct from payee.certificate_token then 'number'
      when o.notice_id is not null then 'objection'
    end
  from unnest(wanted) as each (id)
  join payments_entitlement w on w.id = each.id
  left join households_household h on h.household_no = w.household_no
  left join households_person me
    on me.household_no = w.household_no and me.person_no = w.person_no
  left join households_person head
    on w.pays_head and head.household_no = w.household_no and head.relation = '户主'
  left join households_person payee on payee.id = case when w.pays_head then head.id else me.id end
  left join payments_account a on a.household_no = payee.household_no
    and a.person_no = payee.person_no and a.closed_on is null
  left join departed d on d.household_no = w.household_no and d.person_no = w.person_no
  left join objected o on o.notice_id = w.notice_id;
  perform set_config('app.classes', own, true);
end $$;
