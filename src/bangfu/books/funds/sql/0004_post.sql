-- A posting in one call: numbers looked up, heads locked, posting and legs written, checked, and told in
-- the journal. It runs with the caller's own rights; every trigger, constraint and policy is in force.
-- What is refused takes back all of it, and the name of the constraint is given for a number;
-- 'unknown' when a line or a project is not in the books of `place`.
create function funds_post(
    place text, kind text, day date, document bigint, plan bigint, reverses bigint, key text, memo text,
    lines text[], stages text[], projects text[], fen bigint[],
    actor text, verb text, reason text, after text,
    out number bigint, out refused text, out detail text)
language plpgsql as $$
declare
  touched bigint[];
begin
  select array_agg(l.id order by l.id) into touched
    from funds_fundline l where l.place_code = place and l.number = any (lines);
  if (select count(distinct each) from unnest(lines) each) <> coalesce(cardinality(touched), 0)
      or exists (select from unnest(projects) each where each <> '' and not exists (
        select from projects_project j where j.county_code = place and j.number = each)) then
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
