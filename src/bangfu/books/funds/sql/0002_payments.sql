-- The stages after the plan: commitments, claims, payments, and plans amended while they run.

-- core.ledger.stages.MOVES, all kinds.
create or replace function funds_may_move(kind text, stage text, fen bigint, red boolean) returns boolean
language sql immutable parallel safe
return case when (fen > 0) <> red
  then (kind, stage) in (('pledge', 'pledged'), ('announce', 'announced'),
                         ('receive', 'received'), ('allocate', 'allocated'),
                         ('amend', 'announced'), ('amend', 'allocated'),
                         ('commit', 'committed'), ('release', 'allocated'), ('claim', 'claimed'),
                         ('pay', 'paid'), ('pay', 'disbursed'),
                         ('recover', 'recovered'), ('recover', 'received'),
                         ('restore', 'announced'), ('carry_over', 'carried_over'),
                         ('bring_in', 'announced'),
                         ('take_back', 'taken_back'), ('take_back', 'returned'))
  else (kind, stage) in (('pledge', 'source'), ('announce', 'source'), ('announce', 'pledged'),
                         ('receive', 'treasury'), ('allocate', 'announced'),
                         ('amend', 'announced'), ('amend', 'allocated'),
                         ('commit', 'allocated'), ('release', 'committed'), ('claim', 'committed'),
                         ('pay', 'claimed'), ('pay', 'received'),
                         ('recover', 'paid'), ('recover', 'disbursed'),
                         ('restore', 'recovered'), ('carry_over', 'announced'),
                         ('bring_in', 'carried_over'),
                         ('take_back', 'announced'), ('take_back', 'carried_over'),
                         ('take_back', 'received'))
end;

create or replace function funds_is_cash(stage text) returns boolean
language sql immutable parallel safe
return stage in ('treasury', 'received', 'disbursed', 'returned');

-- What a posting must be when its transaction ends. An amendment posts the difference of two plans.
create or replace function funds_check_posting() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  off record;
begin
  if not exists (select from funds_link where posting_id = new.id) then
    raise exception 'posting % has no entries', new.id
      using errcode = 'check_violation', constraint = 'funds_posting_not_empty';
  end if;
  select line_id, sum(fen) as rest into off from funds_entry where posting_id = new.id
    group by line_id, funds_is_cash(stage) having sum(fen) <> 0 limit 1;
  if found then
    raise exception 'posting % is off by % fen on line %', new.id, off.rest, off.line_id
      using errcode = 'check_violation', constraint = 'funds_posting_balanced';
  end if;
  if exists (select from funds_monthseal where place_code = new.place_code
             and month >= to_char(new.day, 'YYYYMM')::int) then
    raise exception 'posting %: the month of % is sealed', new.id, new.day
      using errcode = 'check_violation', constraint = 'funds_posting_month_open';
  end if;
  if new.plan_id is not null and (
      -- A plan that is withdrawn in the same transaction as it was posted has its reversal.
      not exists (select from funds_plan where id = new.plan_id and place_code = new.place_code
                  and (amends_id is not null) = (new.kind = 'amend')
                  and (status in ('posted', 'replaced') or (status = 'withdrawn' and exists (
                       select from funds_posting where reverses_id = new.id))))
      or exists (
        with posted as (
          select line_id, project_id, fen from funds_entry
            where posting_id = new.id and stage = 'allocated'),
        planned as (
          select line_id, project_id, sum(fen)::bigint as fen from (
            select line_id, project_id, fen from funds_planitem where plan_id = new.plan_id
            union all
            select i.line_id, i.project_id, -i.fen from funds_planitem i
              join funds_plan p on p.amends_id = i.plan_id where p.id = new.plan_id) as pieces
          group by line_id, project_id having sum(fen) <> 0)
        (select * from posted except select * from planned)
        union all
        (select * from planned except select * from posted))) then
    raise exception 'posting % is not plan %, whole and approved', new.id, new.plan_id
      using errcode = 'check_violation', constraint = 'funds_posting_whole_plan';
  end if;
  if new.kind = 'amend' and new.plan_id is not null and not exists (
      select from funds_plan where id = new.plan_id and noticed_to < new.day) then
    raise exception 'posting %: the notice of the amended plan is not over', new.id
      using errcode = 'check_violation', constraint = 'funds_posting_noticed';
  end if;
  if new.reverses_id is not null and (
      not exists (select from funds_posting where id = new.reverses_id
                  and place_code = new.place_code and kind = new.kind and reverses_id is null)
      or exists (
        (select line_id, stage, project_id, -fen from funds_entry where posting_id = new.id
         except all
         select line_id, stage, project_id, fen from funds_entry where posting_id = new.reverses_id)
        union all
        (select line_id, stage, project_id, fen from funds_entry where posting_id = new.reverses_id
         except all
         select line_id, stage, project_id, -fen from funds_entry where posting_id = new.id))) then
    raise exception 'posting % does not mirror posting %', new.id, new.reverses_id
      using errcode = 'check_violation', constraint = 'funds_posting_mirrors';
  end if;
  return null;
end $$;

-- A plan stands while its posting stands; it is replaced while an amendment of it stands.
create or replace function funds_check_plan() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  now_status text := (select status from funds_plan where id = new.id);
  standing boolean := exists (
    select from funds_posting p where p.plan_id = new.id
      and not exists (select from funds_posting r where r.reverses_id = p.id));
  amended boolean := exists (
    select from funds_plan where amends_id = new.id and status in ('posted', 'replaced'));
begin
  if standing <> (now_status in ('posted', 'replaced')) or amended <> (now_status = 'replaced') then
    raise exception 'plan % and its posting do not agree', new.id
      using errcode = 'check_violation', constraint = 'funds_plan_posting';
  end if;
  -- The plan it amends is told at the same commit, whichever of the two was written.
  if new.amends_id is not null and exists (
      select from funds_plan o where o.id = new.amends_id
        and (o.status = 'replaced') <> (now_status in ('posted', 'replaced'))
        and not exists (select from funds_plan p where p.amends_id = o.id and p.id <> new.id
                          and p.status in ('posted', 'replaced'))) then
    raise exception 'plan % and the plan it amends do not agree', new.id
      using errcode = 'check_violation', constraint = 'funds_plan_posting';
  end if;
  return null;
end $$;

-- Money stays with its project, both books move alike, and every act has its record: a contract, a
-- claim with its shares, a payment, a recovery, whose amounts are those of the entries.
create function funds_check_movement() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  off record;
  fits boolean;
begin
  select line_id, project_id into off from funds_entry
    where posting_id = new.id and not funds_is_cash(stage)
    group by line_id, project_id having sum(fen) <> 0 limit 1;
  if found then
    raise exception 'posting % takes money of line % from a project', new.id, off.line_id
      using errcode = 'check_violation', constraint = 'funds_posting_in_project';
  end if;
  if new.kind in ('pay', 'recover') then
    select line_id into off from funds_entry where posting_id = new.id
      group by line_id
      having coalesce(sum(fen) filter (where stage in ('paid')), 0)
          <> coalesce(sum(fen) filter (where stage = 'disbursed'), 0) limit 1;
    if found then
      raise exception 'posting %: quota and cash of line % do not move alike', new.id, off.line_id
        using errcode = 'check_violation', constraint = 'funds_posting_paired';
    end if;
  end if;

  if new.reverses_id is not null then
    fits := case new.kind
      when 'claim' then exists (
        select from funds_claim where posting_id = new.reverses_id and status = 'returned')
      when 'pay' then not exists (
        select from funds_claimshare s join funds_payment p on p.id = s.payment_id
        where p.posting_id = new.reverses_id)
      else false end;
  else
    fits := case new.kind
      when 'commit' then exists (
        select from funds_contract c where c.posting_id = new.id and not exists (
          select from funds_entry e where e.posting_id = new.id and e.project_id <> c.project_id)
        and c.fen = (select sum(fen) from funds_entry where posting_id = new.id
                     and stage = 'committed'))
      when 'release' then exists (
        select from funds_release r join funds_contract c on c.id = r.contract_id
        where r.posting_id = new.id and not exists (
          select from funds_entry e where e.posting_id = new.id and e.project_id <> c.project_id)
        and r.fen = (select sum(fen) from funds_entry where posting_id = new.id
                     and stage = 'allocated'))
      when 'claim' then exists (
        select from funds_claim c join funds_contract k on k.id = c.contract_id
        where c.posting_id = new.id
          and c.fen = (select sum(fen) from funds_claimshare where claim_id = c.id)
          and not exists (
            (select line_id, k.project_id, fen from funds_claimshare where claim_id = c.id
             except
             select line_id, project_id, fen from funds_entry
               where posting_id = new.id and stage = 'claimed')
            union all
            (select line_id, project_id, fen from funds_entry
               where posting_id = new.id and stage = 'claimed'
             except
             select line_id, k.project_id, fen from funds_claimshare where claim_id = c.id)))
      when 'pay' then exists (
        select from funds_payment p join funds_claim c on c.id = p.claim_id and c.status = 'checked'
          join funds_contract k on k.id = c.contract_id
        where p.posting_id = new.id
          and p.fen = (select sum(fen) from funds_claimshare where payment_id = p.id)
          and not exists (
            (select line_id, k.project_id, fen from funds_claimshare where payment_id = p.id
             except
             select line_id, project_id, fen from funds_entry
               where posting_id = new.id and stage = 'paid')
            union all
            (select line_id, project_id, fen from funds_entry
               where posting_id = new.id and stage = 'paid'
             except
             select line_id, k.project_id, fen from funds_claimshare where payment_id = p.id)))
      when 'recover' then exists (
        select from funds_recovery r join funds_payment p on p.id = r.payment_id
          join funds_claim c on c.id = p.claim_id join funds_contract k on k.id = c.contract_id
        where r.posting_id = new.id
          and r.fen = (select sum(fen) from funds_entry where posting_id = new.id
                       and stage = 'recovered' and project_id = k.project_id)
          and not exists (
            select from (
              select e.line_id, sum(e.fen) as fen from funds_recovery o
              join funds_entry e on e.posting_id = o.posting_id and e.stage = 'recovered'
              where o.payment_id = p.id group by e.line_id) came
            left join funds_claimshare s on s.payment_id = p.id and s.line_id = came.line_id
            where came.fen is distinct from s.recovered_fen))
      end;
  end if;
  if fits is not true then
    raise exception 'posting %: its % has no record, or another amount', new.id, new.kind
      using errcode = 'check_violation', constraint = 'funds_posting_record';
  end if;
  return null;
end $$;
create constraint trigger funds_movement_sound after insert on funds_posting
  deferrable initially deferred for each row
  when (new.kind in ('commit', 'release', 'claim', 'pay', 'recover'))
  execute function funds_check_movement();

-- Who claims, who checks and who pays are three people, whatever accounts they use.
create function funds_people_differ(names text[]) returns boolean
language sql stable set search_path = pg_catalog, public, pg_temp
begin atomic
  select not exists (
    select from public.accounts_operator a join public.accounts_operator b
      on a.person_token = b.person_token and a.username < b.username
    where a.username = any (names) and b.username = any (names));
end;

-- What is said of a claim is said by the actor of the transaction. A lodged claim stands on its posting,
-- and takes its amount of the contract.
create function funds_guard_claim() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  actor text := current_setting('app.actor', true);
begin
  if (new.checked_by <> old.checked_by and new.checked_by <> actor)
      or (new.returned_by <> old.returned_by and new.returned_by <> actor)
      or (new.status = 'lodged' and old.status = 'draft' and new.claimed_by <> actor) then
    raise exception 'claim %: an act under another name', new.id
      using errcode = 'check_violation', constraint = 'funds_claim_own_name';
  end if;
  if not funds_people_differ(array[new.claimed_by, new.checked_by])
      or not funds_people_differ(array[new.claimed_by, new.returned_by]) then
    raise exception 'claim % is judged by the person who made it', new.id
      using errcode = 'check_violation', constraint = 'funds_claim_two_people';
  end if;
  if new.status = 'returned' and exists (
      select from funds_claimshare where claim_id = new.id and payment_id is not null) then
    raise exception 'claim % is paid, in part or whole', new.id
      using errcode = 'check_violation', constraint = 'funds_claim_not_paid';
  end if;
  return new;
end $$;
create trigger funds_guard before update on funds_claim
  for each row execute function funds_guard_claim();

create function funds_count_claim() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  took constant bigint := case when old.status in ('lodged', 'checked') then old.fen else 0 end;
  takes constant bigint := case when new.status in ('lodged', 'checked') then new.fen else 0 end;
begin
  if took <> takes then
    update funds_contract set claimed_fen = claimed_fen + takes - took where id = new.contract_id;
  end if;
  return null;
end $$;
create trigger funds_counted after update on funds_claim
  for each row execute function funds_count_claim();

create function funds_check_claim() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
      select from funds_claim c
        left join funds_posting p on p.id = c.posting_id and p.kind = 'claim'
          and p.reverses_id is null
        left join funds_posting r on r.reverses_id = p.id
      where c.id = new.id and (
        (c.posting_id is not null and p.id is null)
        or (c.status in ('lodged', 'checked')) <> (p.id is not null and r.id is null))) then
    raise exception 'claim % and its posting do not agree', new.id
      using errcode = 'check_violation', constraint = 'funds_claim_posting';
  end if;
  return null;
end $$;
create constraint trigger funds_claim_sound after insert or update on funds_claim
  deferrable initially deferred for each row execute function funds_check_claim();

-- A claim begins as a draft; only the database counts what claims take of a contract.
create function funds_begin_claim() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.status <> 'draft' then
    raise exception 'a claim begins as a draft'
      using errcode = 'check_violation', constraint = 'funds_claim_begins';
  end if;
  return new;
end $$;
create trigger funds_begins before insert on funds_claim
  for each row execute function funds_begin_claim();

create function funds_guard_contract() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'INSERT' and (new.claimed_fen <> 0 or new.released_fen <> 0)
      or tg_op = 'UPDATE' and current_user = 'bangfu_web'
        and (new.claimed_fen, new.released_fen) is distinct from (old.claimed_fen, old.released_fen)
      then
    raise exception 'contract %: what is claimed and released is counted', new.number
      using errcode = 'check_violation', constraint = 'funds_contract_counted';
  end if;
  return new;
end $$;
create trigger funds_guard before insert or update on funds_contract
  for each row execute function funds_guard_contract();

create function funds_count_release() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  update funds_contract set released_fen = released_fen + new.fen where id = new.contract_id;
  return null;
end $$;
create trigger funds_counted after insert on funds_release
  for each row execute function funds_count_release();

-- Shares and papers come while their claim is a draft. A share is paid once: its payment goes only when
-- the payment was taken back.
create function funds_guard_share() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    if new.payment_id is not null or new.recovered_fen <> 0 or not exists (
        select from funds_claim where id = new.claim_id and status = 'draft') then
      raise exception 'shares come with the claim that is lodged'
        using errcode = 'check_violation', constraint = 'funds_claimshare_draft';
    end if;
    return new;
  end if;
  if old.payment_id is not null and new.payment_id is distinct from old.payment_id
      and (new.payment_id is not null or old.recovered_fen <> 0 or not exists (
        select from funds_payment p join funds_posting r on r.reverses_id = p.posting_id
        where p.id = old.payment_id)) then
    raise exception 'share % is paid', new.id
      using errcode = 'check_violation', constraint = 'funds_claimshare_paid_once';
  end if;
  if old.payment_id is null and new.payment_id is not null and not exists (
      select from funds_payment where id = new.payment_id and claim_id = new.claim_id) then
    raise exception 'share % is paid by a payment of its claim', new.id
      using errcode = 'check_violation', constraint = 'funds_claimshare_own_payment';
  end if;
  if new.recovered_fen < old.recovered_fen then
    raise exception 'share %: what came back has come back', new.id
      using errcode = 'check_violation', constraint = 'funds_claimshare_recovered';
  end if;
  return new;
end $$;
create trigger funds_guard before insert or update on funds_claimshare
  for each row execute function funds_guard_share();

create function funds_guard_paper() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from funds_claim where id = coalesce(new.claim_id, old.claim_id) and status = 'draft'
    for share;
  if not found then
    raise exception 'papers come and go while the claim is being filled in'
      using errcode = 'check_violation', constraint = 'funds_claimpaper_draft';
  end if;
  if tg_op = 'INSERT' and not exists (
      select from attachments_attachment where id = new.attachment_id and digest = new.digest) then
    raise exception 'a paper has the digest of its file'
      using errcode = 'check_violation', constraint = 'funds_claimpaper_file';
  end if;
  return coalesce(new, old);
end $$;
create trigger funds_guard before insert or delete on funds_claimpaper
  for each row execute function funds_guard_paper();

create function funds_guard_payment() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if not funds_people_differ(array[new.claimed_by, new.checked_by, new.paid_by]) then
    raise exception 'payment %: who claims, who checks and who pays are three people', new.voucher
      using errcode = 'check_violation', constraint = 'funds_payment_three_people';
  end if;
  return new;
end $$;
create trigger funds_guard before insert on funds_payment
  for each row execute function funds_guard_payment();
