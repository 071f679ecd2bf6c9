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
    or (old.approved_by <> '' and (new.approved_by, new.line, new.project)
        is distinct from (old.approved_by, old.line, old.project))
    or (old.status = 'noticed' and new.notice_id is distinct from old.notice_id) then
    raise exception 'entitlement % was signed already', old.id
      using errcode = 'check_violation', constraint = 'payments_entitlement_signed';
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

-- What was sent and returned stays as it was sent and returned.
create function payments_batch_stays() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if (old.status <> 'made' and
      (new.payments_count, new.stopped_count, new.fen, new.first_fen, new.sent_by, new.sent_at,
       new.file_hash, new.posting)
      is distinct from
      (old.payments_count, old.stopped_count, old.fen, old.first_fen, old.sent_by, old.sent_at,
       old.file_hash, old.posting))
    or (old.status in ('returned', 'cancelled') and new is distinct from old) then
    raise exception 'batch % was sent already', old.id
      using errcode = 'check_violation', constraint = 'payments_batch_stays';
  end if;
  return new;
end $$;
create trigger payments_batch_stays before update on payments_batch
  for each row execute function payments_batch_stays();

-- Payments come by the hundred thousand: they are tied a statement at a time. Each is its entitlement's
-- whole amount, at its place, noticed, of the batch's scheme, term, line and project, while the batch
-- is being made; the second attempt follows one that failed.
create function payments_belong() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from added p
    left join payments_batch b on b.id = p.batch_id and b.status = 'made'
    left join payments_entitlement e on e.id = p.entitlement_id and e.status = 'noticed'
      and e.place_code = p.place_code and e.fen = p.fen and e.household_no = p.household_no
      and e.scheme = b.scheme and e.term = b.term and e.line = b.line and e.project = b.project
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
       or (p.status = 'dropped' and b.status not in ('made', 'cancelled'))
  ) then
    raise exception 'a payment is settled only by the return of its batch'
      using errcode = 'check_violation', constraint = 'payments_payment_settles';
  end if;
  return null;
end $$;
create trigger payments_settle after update on payments_payment
  referencing new table as after_rows for each statement execute function payments_settle();

-- For the rows of a batch by how they ended.
create index payments_payment_batch on payments_payment (batch_id, status);
