-- Money that came back from a payee is kept for its project (core.ledger.stages.MOVES, all kinds).
create or replace function funds_may_move(kind text, stage text, fen bigint, red boolean) returns boolean
language sql immutable parallel safe
return case when (fen > 0) <> red
  then (kind, stage) in (('pledge', 'pledged'), ('announce', 'announced'),
                         ('receive', 'received'), ('allocate', 'allocated'),
                         ('amend', 'announced'), ('amend', 'allocated'),
                         ('commit', 'committed'), ('release', 'allocated'), ('claim', 'claimed'),
                         ('pay', 'paid'), ('pay', 'disbursed'),
                         ('recover', 'recovered'), ('recover', 'received'),
                         ('restore', 'announced'), ('reassign', 'allocated'), ('carry_over', 'carried_over'),
                         ('bring_in', 'announced'),
                         ('take_back', 'taken_back'), ('take_back', 'returned'))
  else (kind, stage) in (('pledge', 'source'), ('announce', 'source'), ('announce', 'pledged'),
                         ('receive', 'treasury'), ('allocate', 'announced'),
                         ('amend', 'announced'), ('amend', 'allocated'),
                         ('commit', 'allocated'), ('release', 'committed'), ('claim', 'committed'),
                         ('pay', 'claimed'), ('pay', 'received'),
                         ('recover', 'paid'), ('recover', 'disbursed'),
                         ('restore', 'recovered'), ('reassign', 'recovered'), ('carry_over', 'announced'),
                         ('bring_in', 'carried_over'),
                         ('take_back', 'announced'), ('take_back', 'carried_over'),
                         ('take_back', 'received'))
end;

-- What is kept stays with its line and its project.
create function funds_check_reassigned() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  off record;
begin
  select line_id, project_id into off from funds_entry
    where posting_id = new.id group by line_id, project_id having sum(fen) <> 0 limit 1;
  if found or new.reverses_id is not null then
    raise exception 'posting % gives a project what came back from another', new.id
      using errcode = 'check_violation', constraint = 'funds_posting_in_project';
  end if;
  return null;
end $$;
create constraint trigger funds_reassigned_sound after insert on funds_posting
  deferrable initially deferred for each row when (new.kind = 'reassign')
  execute function funds_check_reassigned();
