-- What guards the ledger in the database itself. Every function that writes what the web role may not
-- runs as the owner, who is held by the same row-level policies as the caller.

-- A kind of posting takes from and gives to its own stages (core.ledger.stages.MOVES). A reversal
-- mirrors it.
-- Bodies that are parsed once and can be inlined: these run on every row.
create function funds_may_move(kind text, stage text, fen bigint, red boolean) returns boolean
language sql immutable parallel safe
return case when (fen > 0) <> red
  then (kind, stage) in (('pledge', 'pledged'), ('announce', 'announced'),
                         ('receive', 'received'), ('allocate', 'allocated'))
  else (kind, stage) in (('pledge', 'source'), ('announce', 'source'), ('announce', 'pledged'),
                         ('receive', 'treasury'), ('allocate', 'announced'))
end;

create function funds_is_cash(stage text) returns boolean
language sql immutable parallel safe
return stage in ('treasury', 'received');

-- The next posting's number, taken when the heads of its lines are locked in order: so numbers grow
-- along every line, and two postings never wait for each other in a circle.
create function funds_open(lines bigint[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from funds_head where line_id = any (lines) order by line_id for update;
  return nextval(pg_get_serial_sequence('funds_posting', 'id'));
end $$;
revoke execute on function funds_open(bigint[]) from public;
grant execute on function funds_open(bigint[]) to bangfu_web;

-- A line has the head of its chain from the start.
create function funds_give_heads() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into funds_head (line_id, place_code, position, digest)
    select id, place_code, 0, '' from added;
  return null;
end $$;
create trigger funds_heads after insert on funds_fundline
  referencing new table as added for each statement execute function funds_give_heads();

-- Entries go into balances and chains in the statement that adds them.
create function funds_book_entries() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  act record;
  chain text;
  fingerprint text;
begin
  perform from funds_head where line_id in (select line_id from added)
    order by line_id for update;

  select a.posting_id as id into act
    from added a join funds_link l on l.posting_id = a.posting_id limit 1;
  if found then
    raise exception 'posting % is closed: all its entries come in one statement', act.id
      using errcode = 'check_violation', constraint = 'funds_entry_one_statement';
  end if;

  -- The ties of all rows at once: foreign keys would look them up row by row. That no parent goes away
  -- afterwards is held by the keys of the balances.
  select a.posting_id as id into act from added a
    left join funds_posting p on p.id = a.posting_id and p.place_code = a.place_code
    left join funds_fundline l on l.id = a.line_id and l.place_code = a.place_code
    left join projects_project j on j.id = a.project_id and j.county_code = a.place_code
    where p.id is null or l.id is null or (j.id is null and a.project_id is not null) limit 1;
  if found then
    raise exception 'posting %: its entries, lines and projects lie in one county', act.id
      using errcode = 'foreign_key_violation', constraint = 'funds_entry_ties';
  end if;

  select p.id, p.kind, a.stage into act
    from added a join funds_posting p on p.id = a.posting_id
    where not funds_may_move(p.kind, a.stage, a.fen, p.reverses_id is not null) limit 1;
  if found then
    raise exception 'posting %: % cannot move % that way', act.id, act.kind, act.stage
      using errcode = 'check_violation', constraint = 'funds_entry_moves';
  end if;

  -- The check on a balance is made on the row as it is inserted, so accounts begin with nothing.
  insert into funds_balance (place_code, line_id, stage, project_id, amount)
    select distinct place_code, line_id, stage, project_id, 0 from added
    order by line_id, stage, project_id
    on conflict do nothing;
  update funds_balance b set amount = b.amount + a.fen
    from (select line_id, stage, sum(fen)::bigint as fen from added
          where project_id is null group by line_id, stage) a
    where b.line_id = a.line_id and b.stage = a.stage and b.project_id is null;
  update funds_balance b set amount = b.amount + a.fen
    from (select line_id, stage, project_id, sum(fen)::bigint as fen from added
          where project_id is not null group by line_id, stage, project_id) a
    where b.line_id = a.line_id and b.stage = a.stage and b.project_id = a.project_id;

  for act in
    select p.id, p.place_code, array_agg(distinct a.line_id) as lines,
           concat_ws(E'\t', 'posting', p.id, p.place_code, p.kind, to_char(p.day, 'YYYY-MM-DD'),
                     coalesce(d.number, ''), p.actor, p.memo, coalesce(p.reverses_id::text, '-'))
             || E'\n' || string_agg(row_text, '' order by row_text collate "C") as body
      from added a
      join funds_posting p on p.id = a.posting_id
      left join funds_document d on d.id = p.document_id
      join funds_fundline l on l.id = a.line_id
      left join projects_project j on j.id = a.project_id
      cross join lateral (
        select concat_ws(E'\t', 'entry', l.number, a.stage, coalesce(j.number, ''), a.fen)
          || E'\n' as row_text) as written
      group by p.id, d.number order by p.id
  loop
    select string_agg(row_text, '' order by row_text collate "C") into chain
      from funds_head h join funds_fundline l on l.id = h.line_id
      cross join lateral (
        select concat_ws(E'\t', 'after', l.number, coalesce(nullif(h.digest, ''), '-'))
          || E'\n' as row_text) as written
      where h.line_id = any (act.lines);
    if exists (select from funds_head where line_id = any (act.lines) and posting_id >= act.id) then
      raise exception 'posting % comes after a later one: take its number from funds_open', act.id
        using errcode = 'serialization_failure';
    end if;
    fingerprint := encode(sha256(convert_to(act.body || chain, 'UTF8')), 'hex');
    insert into funds_link (posting_id, line_id, place_code, position, previous, digest)
      select act.id, line_id, act.place_code, position + 1, digest, fingerprint
        from funds_head where line_id = any (act.lines);
    update funds_head set position = position + 1, posting_id = act.id, digest = fingerprint
      where line_id = any (act.lines);
  end loop;
  return null;
end $$;
create trigger funds_book after insert on funds_entry
  referencing new table as added for each statement execute function funds_book_entries();

-- What a posting must be when its transaction ends.
create function funds_check_posting() returns trigger
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
                  and (status = 'posted' or (status = 'withdrawn' and exists (
                       select from funds_posting where reverses_id = new.id))))
      or exists (
        (select line_id, project_id, fen from funds_entry
           where posting_id = new.id and stage = 'allocated'
         except select line_id, project_id, fen from funds_planitem where plan_id = new.plan_id)
        union all
        (select line_id, project_id, fen from funds_planitem where plan_id = new.plan_id
         except select line_id, project_id, fen from funds_entry
           where posting_id = new.id and stage = 'allocated'))) then
    raise exception 'posting % is not plan %, whole and approved', new.id, new.plan_id
      using errcode = 'check_violation', constraint = 'funds_posting_whole_plan';
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
create constraint trigger funds_posting_sound after insert on funds_posting
  deferrable initially deferred for each row execute function funds_check_posting();

-- A plan is posted together with its posting, and withdrawn after it only with the reversal.
create function funds_check_plan() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  now_posted boolean := exists (select from funds_plan where id = new.id and status = 'posted');
  standing boolean := exists (
    select from funds_posting p where p.plan_id = new.id
      and not exists (select from funds_posting r where r.reverses_id = p.id));
begin
  if standing <> now_posted then
    raise exception 'plan % and its posting do not agree', new.id
      using errcode = 'check_violation', constraint = 'funds_plan_posting';
  end if;
  return null;
end $$;
create constraint trigger funds_plan_sound after update on funds_plan
  deferrable initially deferred for each row execute function funds_check_plan();

-- Pieces are added while their plan is being drawn up, from lines and admitted projects of its county:
-- not in the bank, no money.
create function funds_check_items() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from funds_plan where id in (select plan_id from added) order by id for share;
  if exists (
      select from added a
        left join funds_plan p on p.id = a.plan_id and p.status = 'proposed'
        left join funds_fundline l on l.id = a.line_id and l.place_code = p.place_code
        left join projects_project j on j.id = a.project_id and j.county_code = p.place_code
          and j.status = 'admitted'
        where l.id is null or j.id is null) then
    raise exception 'a plan takes admitted projects of its county, and only while it is being drawn up'
      using errcode = 'check_violation', constraint = 'funds_planitem_open';
  end if;
  return null;
end $$;
create trigger funds_items after insert on funds_planitem
  referencing new table as added for each statement execute function funds_check_items();

-- A seal is computed here, while nobody posts.
create function funds_make_seal() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  body text;
begin
  lock table funds_head in share row exclusive mode;
  if exists (select from funds_monthseal
             where place_code = new.place_code and month >= new.month) then
    raise exception 'month % is sealed already', new.month
      using errcode = 'check_violation', constraint = 'funds_monthseal_in_order';
  end if;
  new.previous := coalesce((select digest from funds_monthseal
    where place_code = new.place_code order by month desc limit 1), '');
  select string_agg(row_text, '' order by row_text collate "C") into body
    from funds_head h join funds_fundline l on l.id = h.line_id
    cross join lateral (
      select concat_ws(E'\t', 'head', l.number, h.position, h.digest) || E'\n' as row_text) as written
    where h.place_code = new.place_code and h.position > 0;
  new.digest := encode(sha256(convert_to(
    concat_ws(E'\t', 'seal', new.place_code, new.month, coalesce(nullif(new.previous, ''), '-')) || E'\n'
      || coalesce(body, ''), 'UTF8')), 'hex');
  return new;
end $$;
create trigger funds_seal before insert on funds_monthseal
  for each row execute function funds_make_seal();

create function funds_keep_sealed_heads() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  insert into funds_sealedhead (seal_id, line_id, place_code, position, digest)
    select new.id, line_id, place_code, position, digest from funds_head
    where place_code = new.place_code and position > 0;
  return null;
end $$;
create trigger funds_sealed_heads after insert on funds_monthseal
  for each row execute function funds_keep_sealed_heads();
