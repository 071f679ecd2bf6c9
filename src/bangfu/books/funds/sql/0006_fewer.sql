-- A posting in fewer statements: opening one takes longer than what it does for a few rows. What is
-- checked, written and refused stays as it was.

create or replace function funds_open(lines bigint[]) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform from funds_head where line_id = any (lines) order by line_id for update;
  return nextval('public.funds_posting_id_seq');
end $$;

-- Entries go into balances and chains in the statement that adds them.
create or replace function funds_book_entries() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  act record;
  fits boolean := true;
  plain bigint := 0;
  of_projects bigint := 0;
  met bigint;
  fresh bigint[];
begin
  perform from funds_head where line_id in (select line_id from added)
    order by line_id for update;

  for act in
    select a.posting_id as id, p.place_code, array_agg(distinct a.line_id) as lines,
           count(*) filter (where a.project_id is null) as plain,
           count(a.project_id) as of_projects,
           -- The ties of all rows at once: foreign keys would look them up row by row. That no parent
           -- goes away afterwards is held by the keys of balances and heads.
           bool_and(p.id is not null and l.id is not null
                    and (j.id is not null or a.project_id is null)
                    and funds_may_move(p.kind, a.stage, a.fen, p.reverses_id is not null))
             and not exists (select from funds_link k where k.posting_id = a.posting_id) as fits,
           concat_ws(E'\t', 'posting', p.id, p.place_code, p.kind, to_char(p.day, 'YYYY-MM-DD'),
                     coalesce(d.number, ''), p.actor, p.memo, coalesce(p.reverses_id::text, '-'))
             || E'\n' || string_agg(row_text, '' order by row_text collate "C") as body
      from added a
      left join funds_posting p on p.id = a.posting_id and p.place_code = a.place_code
      left join funds_document d on d.id = p.document_id
      left join funds_fundline l on l.id = a.line_id and l.place_code = a.place_code
      left join projects_project j on j.id = a.project_id and j.county_code = a.place_code
      cross join lateral (
        select concat_ws(E'\t', 'entry', l.number, a.stage, coalesce(j.number, ''), a.fen)
          || E'\n' as row_text) as written
      group by a.posting_id, p.id, d.number order by a.posting_id
  loop
    fits := act.fits;
    exit when not fits;
    plain := plain + act.plain;
    of_projects := of_projects + act.of_projects;
    -- The posting's digest after those of its lines' heads, its links, and the heads moved on.
    with held as materialized (
      select h.line_id, h.position, h.digest, h.posting_id, l.number
        from funds_head h join funds_fundline l on l.id = h.line_id
        where h.line_id = any (act.lines)),
    said as (
      select encode(sha256(convert_to(act.body || string_agg(row_text, ''
               order by row_text collate "C"), 'UTF8')), 'hex') as digest
        from held cross join lateral (
          select concat_ws(E'\t', 'after', number, coalesce(nullif(digest, ''), '-')) || E'\n'
            as row_text) as written
        having coalesce(max(posting_id) < act.id, true)),
    moved as (
      update funds_head h set position = h.position + 1, posting_id = act.id, digest = said.digest
        from said where h.line_id = any (act.lines))
    insert into funds_link (posting_id, line_id, place_code, position, previous, digest)
      select act.id, line_id, act.place_code, position + 1, held.digest, said.digest
        from held cross join said;
    if not found then
      raise exception 'posting % comes after a later one: take its number from funds_open', act.id
        using errcode = 'serialization_failure';
    end if;
  end loop;
  -- Which of it, is asked only when there is something.
  if not fits then
    select a.posting_id as id into act
      from added a join funds_link l on l.posting_id = a.posting_id and l.posting_id = act.id limit 1;
    if found then
      raise exception 'posting % is closed: all its entries come in one statement', act.id
        using errcode = 'check_violation', constraint = 'funds_entry_one_statement';
    end if;
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
    raise exception 'posting %: % cannot move % that way', act.id, act.kind, act.stage
      using errcode = 'check_violation', constraint = 'funds_entry_moves';
  end if;

  if plain > 0 then
    update funds_balance b set amount = b.amount + a.fen
      from (select line_id, stage, sum(fen)::bigint as fen from added
            where project_id is null group by line_id, stage) a
      where b.line_id = a.line_id and b.stage = a.stage and b.project_id is null;
    get diagnostics met = row_count;
    plain := plain - met;
  end if;
  if of_projects > 0 then
    update funds_balance b set amount = b.amount + a.fen
      from (select line_id, stage, project_id, sum(fen)::bigint as fen from added
            where project_id is not null group by line_id, stage, project_id) a
      where b.line_id = a.line_id and b.stage = a.stage and b.project_id = a.project_id;
    get diagnostics met = row_count;
    of_projects := of_projects - met;
  end if;
  -- Fewer accounts than rows: some have two rows, or were not there. The check on a balance is made on
  -- the row as it is inserted, so accounts begin with nothing.
  if plain + of_projects > 0 then
    with made as (
      insert into funds_balance (place_code, line_id, stage, project_id, amount)
        select distinct place_code, line_id, stage, project_id, 0 from added
        order by line_id, stage, project_id
        on conflict do nothing
        returning id)
    select array_agg(id) into fresh from made;
    if fresh is not null then
      update funds_balance b set amount = a.fen
        from (select line_id, stage, project_id, sum(fen)::bigint as fen from added
              group by line_id, stage, project_id) a
        where b.id = any (fresh) and b.line_id = a.line_id and b.stage = a.stage
          and b.project_id is not distinct from a.project_id;
    end if;
  end if;
  return null;
end $$;

-- What a posting must be when its transaction ends. An amendment posts the difference of two plans.
create or replace function funds_check_posting() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  seen record;
  off record;
begin
  select exists (select from funds_link where posting_id = new.id) as linked,
    exists (select from funds_entry where posting_id = new.id
            group by line_id, funds_is_cash(stage) having sum(fen) <> 0) as off,
    exists (select from funds_monthseal where place_code = new.place_code
            and month >= to_char(new.day, 'YYYYMM')::int) as sealed into seen;
  if not seen.linked then
    raise exception 'posting % has no entries', new.id
      using errcode = 'check_violation', constraint = 'funds_posting_not_empty';
  end if;
  if seen.off then
    select line_id, sum(fen) as rest into off from funds_entry where posting_id = new.id
      group by line_id, funds_is_cash(stage) having sum(fen) <> 0 limit 1;
    raise exception 'posting % is off by % fen on line %', new.id, off.rest, off.line_id
      using errcode = 'check_violation', constraint = 'funds_posting_balanced';
  end if;
  if seen.sealed then
    raise exception 'posting %: the month of % is sealed', new.id, new.day
      using errcode = 'check_violation', constraint = 'funds_posting_month_open';
  end if;
  -- A condition that asks tables is set up whole, also where its first word says no already.
  if new.plan_id is null and new.reverses_id is null then
    return null;
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

-- A posting in one call: numbers looked up, heads locked, posting and legs written, checked, and told in
-- the journal. It runs with the caller's own rights; every trigger, constraint and policy is in force.
-- What is refused takes back all of it, and the name of the constraint is given for a number;
-- 'unknown' when a line or a project is not in the books of `place`.
create or replace function funds_post(
    place text, kind text, day date, document bigint, plan bigint, reverses bigint, key text, memo text,
    lines text[], stages text[], projects text[], fen bigint[],
    actor text, verb text, reason text, after text,
    out number bigint, out refused text, out detail text)
language plpgsql as $$
declare
  touched bigint[];
  known boolean;
begin
  select array_agg(l.id order by l.id),
      count(*) = (select count(distinct each) from unnest(lines) each)
      and not exists (select from unnest(projects) each where each <> '' and not exists (
        select from projects_project j where j.county_code = place and j.number = each))
    into touched, known
    from funds_fundline l where l.place_code = place and l.number = any (lines);
  if not known then
    refused := 'unknown';
    detail := 'a line or a project is not in the books';
    return;
  end if;
  insert into funds_posting
      (id, place_code, kind, day, document_id, plan_id, reverses_id, key, memo)
    values (funds_open(touched), place, kind, day, document, plan, reverses, key, memo)
    returning id into number;
  insert into funds_entry (posting_id, position, place_code, line_id, stage, project_id, fen)
    select funds_post.number, leg.position, place, l.id, leg.stage, j.id, leg.fen
    from unnest(lines, stages, projects, fen)
      with ordinality leg (line, stage, project, fen, position)
    join funds_fundline l on l.place_code = place and l.number = leg.line
    left join projects_project j on j.county_code = place and j.number = leg.project;
  -- Checked here and not at the end, so that the one who posts is told.
  set constraints funds_posting_sound immediate;
  set constraints funds_posting_sound deferred;
  if verb <> '' then
    insert into journal_entry (actor, place_code, verb, subject, reason, before, after)
      values (actor, place, verb, 'posting ' || number, reason, '', after);
  end if;
exception when integrity_constraint_violation then
  get stacked diagnostics refused = constraint_name, detail = message_text;
  number := null;
end $$;
