-- A contract on what was tendered goes to who won and stays, with those before it, within the price.
create function funds_hold_against_award() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  award record;
  signed bigint;
begin
  -- Held, so that two contracts are counted one after the other.
  select contract_fen as fen, regexp_replace(normalize(contractor, nfkc), '\s', '', 'g') as winner into award
    from projects_project where id = new.project_id for no key update;
  if award.fen is null then
    return new;
  end if;
  select coalesce(sum(fen - released_fen), 0) into signed
    from funds_contract where project_id = new.project_id and basis = 'contract';
  if signed + new.fen > award.fen
      or award.winner not in ('', regexp_replace(normalize(new.payee, nfkc), '\s', '', 'g')) then
    raise exception 'contract %: beyond the award of its project', new.number
      using errcode = 'check_violation', constraint = 'funds_contract_award';
  end if;
  return new;
end $$;
create trigger funds_award before insert on funds_contract
  for each row when (new.basis = 'contract') execute function funds_hold_against_award();
