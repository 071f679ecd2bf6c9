-- Entries go into balances and chains in the statement that adds them: as before, in fewer statements.
create or replace function funds_book_entries() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  act record;
  chain text;
  latest bigint;
  fingerprint text;
begin
  perform from funds_head where line_id in (select line_id from added)
    order by line_id for update;

  -- Everything that one look at the rows can refuse; which of it, is asked only when there is something.
  if exists (
      select from added a
        left join funds_posting p on p.id = a.posting_id and p.place_code = a.place_code
        left join funds_fundline l on l.id = a.line_id and l.place_code = a.place_code
        left join projects_project j on j.id = a.project_id and j.county_code = a.place_code
        where p.id is null or l.id is null or (j.id is null and a.project_id is not null)
          or not funds_may_move(p.kind, a.stage, a.fen, p.reverses_id is not null)
          or exists (select from funds_link k where k.posting_id = a.posting_id)) then
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
    raise exception 'posting %: % cannot move % that way', act.id, act.kind, act.stage
      using errcode = 'check_violation', constraint = 'funds_entry_moves';
  end if;

  -- The check on a balance is made on the row as it is inserted, so accounts begin with nothing.
  insert into funds_balance (place_code, line_id, stage, project_id, amount)
    select distinct place_code, line_id, stage, project_id, 0 from added
    order by line_id, stage, project_id
    on conflict do nothing;
  if exists (select from added where project_id is null) then
    update funds_balance b set amount = b.amount + a.fen
      from (select line_id, stage, sum(fen)::bigint as fen from added
            where project_id is null group by line_id, stage) a
      where b.line_id = a.line_id and b.stage = a.stage and b.project_id is null;
  end if;
  if exists (select from added where project_id is not null) then
    update funds_balance b set amount = b.amount + a.fen
      from (select line_id, stage, project_id, sum(fen)::bigint as fen from added
            where project_id is not null group by line_id, stage, project_id) a
      where b.line_id = a.line_id and b.stage = a.stage and b.project_id = a.project_id;
  end if;

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
    select string_agg(row_text, '' order by row_text collate "C"), max(h.posting_id)
      into chain, latest
      from funds_head h join funds_fundline l on l.id = h.line_id
      cross join lateral (
        select concat_ws(E'\t', 'after', l.number, coalesce(nullif(h.digest, ''), '-'))
          || E'\n' as row_text) as written
      where h.line_id = any (act.lines);
    if latest >= act.id then
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
