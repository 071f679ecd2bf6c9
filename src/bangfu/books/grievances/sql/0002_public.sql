-- What the public role may do with grievances: learn the names of places, file one, ask what became of it,
-- appeal once. It selects no row; these four functions are all it has.

-- The places in a county by their codes: townships and villages; without a code, the counties.
-- Names of places are public. Former codes that have a successor are left out.
create function grievances_places(of_county text)
returns table (code text, name text)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp as $$
  select p.code, p.name from places_place p
  where p.successor = ''
    and case when of_county is null then p.level = 3
      else p.code like left(of_county, 6) || '%' and p.level between 3 and 5 end
  order by p.code
$$;

-- File one with the county. Name and telephone come sealed, the sender's address as a keyed token, the
-- secret as its SHA-256. Those complained about are looked for among the operators by the names given.
--   outcome  filed | unknown (no such place) | too_many (tried again later it may pass)
-- One submission, known by a key that only its own form holds, is filed once: sent again, its number comes
-- back and the secret that was shown first stays.
create function grievances_file(
  given_place text,
  given_kind text,
  given_words text,
  given_against text,
  given_names text[],
  given_complainant bytea,
  given_phone bytea,
  given_source text,
  given_submission text,
  given_secret text,
  given_due date,
  out outcome text, out number text, out received_on date
)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  today date := (now() at time zone 'Asia/Shanghai')::date;
  per_source_an_hour constant int := 3;
  per_source_a_day constant int := 10;
  per_county_an_hour constant int := 60;
  per_county_a_day constant int := 500;
  county text := left(given_place, 6) || '000000';
  named text[];
  filed record;
begin
  -- The owner is held by the policies too. The settings stay until the transaction ends; the public
  -- role could set them itself, and gains nothing by them.
  perform set_config('app.lo', '0', true), set_config('app.hi', ':', true),
    set_config('app.pattern', '', true), set_config('app.classes', 'persons', true),
    set_config('app.actor', 'public', true), set_config('app.reason', 'grievance', true),
    set_config('app.purpose', 'grievance', true);
  if given_source is null or given_submission is null or given_secret is null then
    raise exception 'a grievance names its source, submission and secret'
      using errcode = 'null_value_not_allowed';
  end if;
  if given_due is null or given_due not between today and today + 400 then
    raise exception 'a grievance is due in time' using errcode = 'check_violation';
  end if;
  if not exists (select from places_place p where p.code = given_place and p.successor = ''
      and p.level between 3 and 5) then
    outcome := 'unknown';
    return;
  end if;
  -- The same source waits for itself, and then the same county: counts below are then whole.
  perform pg_advisory_xact_lock(hashtextextended('grievances source ' || given_source, 0));
  perform pg_advisory_xact_lock(hashtextextended('grievances county ' || county, 0));
  select g.number, g.received_on into filed from grievances_grievance g
    where g.submission = given_submission;
  if found then
    outcome := 'filed';
    number := filed.number;
    received_on := filed.received_on;
    return;
  end if;
  if (select count(*) from grievances_grievance g where g.source_token = given_source
        and g.filed_at > now() - interval '1 hour') >= per_source_an_hour
    or (select count(*) from grievances_grievance g where g.source_token = given_source
        and g.filed_at > now() - interval '1 day') >= per_source_a_day
    or (select count(*) from grievances_grievance g where left(g.place_code, 6) = left(county, 6)
        and g.channel = 'page' and g.filed_at > now() - interval '1 hour') >= per_county_an_hour
    or (select count(*) from grievances_grievance g where left(g.place_code, 6) = left(county, 6)
        and g.channel = 'page' and g.filed_at > now() - interval '1 day') >= per_county_a_day
  then
    outcome := 'too_many';
    return;
  end if;
  select coalesce(array_agg(distinct o.username), '{}') into named from accounts_operator o
    where left(o.place_code, 6) = left(county, 6) and (o.display_name = any(given_names)
      or o.person_token in (select n.person_token from accounts_operator n
        where n.display_name = any(given_names) and n.person_token is not null
          and left(n.place_code, 6) = left(county, 6)));
  insert into grievances_grievance as g (place_code, secret_digest, channel, kind, about_place, words,
      complainant, phone, against_said, against, received_on, filed_at, source_token, submission,
      state, due_on, triage_said, link_kind, link_key, answers_role, unit, appeal_level)
    values (county, given_secret, 'page', given_kind, given_place, given_words,
      given_complainant, given_phone, given_against, named, today, now(), given_source,
      given_submission, 'received', given_due, '', '', '', '', '', '')
    returning g.id, g.number, g.received_on into filed;
  insert into journal_entry (actor, place_code, verb, subject, reason, before, after)
    values ('public', county, 'grievances.file', 'grievance ' || filed.id, '', '',
      json_build_object('kind', given_kind)::text);
  outcome := 'filed';
  number := filed.number;
  received_on := filed.received_on;
end $$;

-- What became of the grievance with this number and secret; no row for anybody else.
create function grievances_ask(
  asked_number text, asked_secret text,
  out state text, out received_on date, out due_on date, out triage_said text, out unit text,
  out answer text, out upheld boolean, out answered_on date, out appeal_until date,
  out appeal_level text, out second_answer text, out second_upheld boolean, out second_on date,
  out county text
)
returns setof record
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
  perform set_config('app.lo', '0', true), set_config('app.hi', ':', true),
    set_config('app.pattern', '', true), set_config('app.classes', 'persons', true),
    set_config('app.actor', 'public', true);
  return query select g.state::text, g.received_on, g.due_on,
      case when g.state = 'refused' then g.triage_said else '' end,
      g.unit, g.answer, g.upheld, g.answered_on, g.appeal_until, g.appeal_level::text,
      g.second_answer, g.second_upheld, g.second_on, left(g.place_code, 6) || '000000'
    from grievances_grievance g
    where g.number = asked_number and g.secret_digest = asked_secret;
end $$;

-- Appeal an answer, once and in time: it goes to the level above whoever answered.
--   outcome  appealed | unknown | closed (not answered yet, too late, or appealed already)
create function grievances_appeal(
  asked_number text, asked_secret text, given_words text, given_due date, out outcome text
)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
  today date := (now() at time zone 'Asia/Shanghai')::date;
  held record;
  county text;
begin
  perform set_config('app.lo', '0', true), set_config('app.hi', ':', true),
    set_config('app.pattern', '', true), set_config('app.classes', 'persons', true),
    set_config('app.actor', 'public', true), set_config('app.reason', 'appeal', true),
    set_config('app.purpose', 'grievance', true);
  if given_due is null or given_due not between today and today + 400 then
    raise exception 'an appeal is due in time' using errcode = 'check_violation';
  end if;
  select g.id, g.place_code, g.state, g.appeal_until into held from grievances_grievance g
    where g.number = asked_number and g.secret_digest = asked_secret for update;
  if not found then
    outcome := 'unknown';
    return;
  end if;
  if held.state <> 'answered' or today > held.appeal_until then
    outcome := 'closed';
    return;
  end if;
  county := left(held.place_code, 6) || '000000';
  update grievances_grievance g set state = 'appealed', appeal = given_words, appealed_on = today,
      due_on = given_due, place_code = county,
      appeal_level = case when held.place_code = county then 'prefecture' else 'county' end
    where g.id = held.id;
  insert into journal_entry (actor, place_code, verb, subject, reason, before, after)
    values ('public', county, 'grievances.appeal', 'grievance ' || held.id, '', '', '');
  outcome := 'appealed';
end $$;

revoke execute on function grievances_places(text) from public;
revoke execute on function grievances_file(
  text, text, text, text, text[], bytea, bytea, text, text, text, date) from public;
revoke execute on function grievances_ask(text, text) from public;
revoke execute on function grievances_appeal(text, text, text, date) from public;
grant execute on function grievances_places(text) to bangfu_public;
grant execute on function grievances_file(
  text, text, text, text, text[], bytea, bytea, text, text, text, date) to bangfu_public;
grant execute on function grievances_ask(text, text) to bangfu_public;
grant execute on function grievances_appeal(text, text, text, date) to bangfu_public;
