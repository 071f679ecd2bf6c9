-- A posting looks up what it names by key, row by row. Joined, the planner, who takes any scope for
-- narrow, could read every posting, link and project of a county for a posting of two legs. What is
-- checked, written and refused stays as it was; a statement brings the entries of one posting.

-- Entries go into balances and chains in the statement that adds them.
create or replace function funds_book_entries() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  act record;
  paper record;
  seen record;
begin
  select min(posting_id) as id, max(posting_id) as last, array_agg(distinct line_id) as lines
    into act from added;
  if act.id is null then
    return null;
  end if;
  if act.id <> act.last then
    raise exception 'postings % and %: the entries of one posting are a statement', act.id, act.last
      using errcode = 'check_violation', constraint = 'funds_entry_one_posting';
  end if;
  perform from funds_head where line_id = any (act.lines) order by line_id for update;

  select p.kind, p.place_code, p.reverses_id is not null as red,
         exists (select from funds_link where posting_id = act.id) as closed,
         concat_ws(E'\t', 'posting', p.id, p.place_code, p.kind, to_char(p.day, 'YYYY-MM-DD'),
                   coalesce((select number from funds_document where id = p.document_id), ''),
                   p.actor, p.memo, coalesce(p.reverses_id::text, '-')) || E'\n' as body
    into paper from funds_posting p where p.id = act.id;
  if paper.closed then
    raise exception 'posting % is closed: all its entries come in one statement', act.id
      using errcode = 'check_violation', constraint = 'funds_entry_one_statement';
  end if;
  -- The ties of all rows at once: foreign keys would look them up row by row as well, and once more.
  -- That no parent goes away afterwards is held by the keys of balances and heads.
  with leg as materialized (
    select a.stage, a.fen, a.project_id, a.place_code = paper.place_code as here,
           (select l.number from funds_fundline l
              where l.id = a.line_id and l.place_code = a.place_code) as line,
           (select j.number from projects_project j
              where j.id = a.project_id and j.county_code = a.place_code) as project,
           case when a.project_id is null
             then (select b.id from funds_balance b where b.line_id = a.line_id
                     and b.stage = a.stage and b.project_id is null)
             else (select b.id from funds_balance b where b.line_id = a.line_id
                     and b.stage = a.stage and b.project_id = a.project_id) end as account
      from added a)
  select bool_and(coalesce(here, false) and line is not null
                  and (project is not null or project_id is null)) as tied,
         max(stage) filter (where not funds_may_move(paper.kind, stage, fen, paper.red)) as astray,
         string_agg(row_text, '' order by row_text collate "C") as body,
         count(*) > count(account) as opens,
         array_agg(account) filter (where account is not null) as accounts,
         (select jsonb_object_agg(account, fen)
            from (select account, sum(fen) as fen from leg where account is not null group by account)
              as sums) as changes
    into seen from leg cross join lateral (
      select concat_ws(E'\t', 'entry', line, stage, coalesce(project, ''), fen) || E'\n' as row_text)
      as written;
  if not seen.tied then
    raise exception 'posting %: its entries, lines and projects lie in one county', act.id
      using errcode = 'foreign_key_violation', constraint = 'funds_entry_ties';
  end if;
  if seen.astray is not null then
    raise exception 'posting %: % cannot move % that way', act.id, paper.kind, seen.astray
      using errcode = 'check_violation', constraint = 'funds_entry_moves';
  end if;

  -- The posting's digest after those of its lines' heads, its links, and the heads moved on.
  with held as materialized (
    select h.line_id, h.position, h.digest, h.posting_id,
           (select l.number from funds_fundline l where l.id = h.line_id) as number
      from funds_head h where h.line_id = any (act.lines)),
  said as (
    select encode(sha256(convert_to(paper.body || seen.body || string_agg(row_text, ''
             order by row_text collate "C"), 'UTF8')), 'hex') as digest
      from held cross join lateral (
        select concat_ws(E'\t', 'after', number, coalesce(nullif(digest, ''), '-')) || E'\n'
          as row_text) as written
      having coalesce(max(posting_id) < act.id, true)),
  moved as (
    update funds_head h set position = h.position + 1, posting_id = act.id, digest = said.digest
      from said where h.line_id = any (act.lines))
  insert into funds_link (posting_id, line_id, place_code, position, previous, digest)
    select act.id, line_id, paper.place_code, position + 1, held.digest, said.digest
      from held cross join said;
  if not found then
    raise exception 'posting % comes after a later one: take its number from funds_open', act.id
      using errcode = 'serialization_failure';
  end if;

  update funds_balance set amount = amount + (seen.changes ->> id::text)::bigint
    where id = any (seen.accounts);
  -- Nobody else opens an account of these lines meanwhile: their heads are locked.
  if seen.opens then
    insert into funds_balance (place_code, line_id, stage, project_id, amount)
      select place_code, line_id, stage, project_id, sum(fen) from added a
        where case when a.project_id is null
          then not exists (select from funds_balance b where b.line_id = a.line_id
                             and b.stage = a.stage and b.project_id is null)
          else not exists (select from funds_balance b where b.line_id = a.line_id
                             and b.stage = a.stage and b.project_id = a.project_id) end
        group by place_code, line_id, stage, project_id order by line_id, stage, project_id;
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
    select funds_post.number, leg.position, place,
      (select l.id from funds_fundline l where l.place_code = place and l.number = leg.line),
      leg.stage,
      (select j.id from projects_project j where j.county_code = place and j.number = leg.project),
      leg.fen
    from unnest(lines, stages, projects, fen)
      with ordinality leg (line, stage, project, fen, position);
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
