-- Who answered a grievance does not decide its appeal, under whatever account; and each signs with the
-- own name.
create function grievances_two_people() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if new.second_by is distinct from current_setting('app.actor', true) or exists (
    select from accounts_operator a join accounts_operator b on a.person_token = b.person_token
    where a.username = new.answered_by and b.username = new.second_by
  ) then
    raise exception 'the appeal of grievance % is decided by who answered it', new.id
      using errcode = 'check_violation', constraint = 'grievances_grievance_two_people';
  end if;
  return new;
end $$;
create trigger grievances_two_people before update on grievances_grievance
  for each row when (new.second_by is not null and new.second_by is distinct from old.second_by)
  execute function grievances_two_people();

-- An answer is signed by who gives it, and stays signed.
create function grievances_signed() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if old.answered_by is not null
    or new.answered_by is distinct from current_setting('app.actor', true) then
    raise exception 'the answer to grievance % is signed by somebody else', new.id
      using errcode = 'check_violation', constraint = 'grievances_grievance_signed';
  end if;
  return new;
end $$;
create trigger grievances_signed before update on grievances_grievance
  for each row when (new.answered_by is distinct from old.answered_by)
  execute function grievances_signed();
