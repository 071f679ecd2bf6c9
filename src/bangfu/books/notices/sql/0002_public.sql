-- What the public role may do: read what is open today, and file an objection or ask what became of it.

-- Open on the day of the transaction, in China.
create policy open on notices_notice for select to bangfu_public using (
  withdrawn_at is null
  and (now() at time zone 'Asia/Shanghai')::date between opens_on and closes_on);
-- The policy of the scope goes by settings that anybody may set, so for the public role this one holds
-- besides, whatever it sets.
create policy only_open on notices_notice as restrictive to bangfu_public using (
  withdrawn_at is null
  and (now() at time zone 'Asia/Shanghai')::date between opens_on and closes_on);
-- Policies hold inside a policy too: these find open notices only.
create policy open on notices_row for select to bangfu_public using (
  exists (select from notices_notice n where n.id = notice_id));
create policy only_open on notices_row as restrictive to bangfu_public using (
  exists (select from notices_notice n where n.id = notice_id));

-- A second wall: no run of eleven digits reaches a board, whoever wrote it.
alter table notices_row add constraint notices_row_no_number
  check (array_to_string(cells, chr(10)) !~ '[0-9]([ -]?[0-9]){10}');
alter table notices_notice add constraint notices_notice_no_number
  check (title_zh !~ '[0-9]([ -]?[0-9]){10}' and title_en !~ '[0-9]([ -]?[0-9]){10}');

-- The one function of the public role. Without a receipt it files an objection to an open notice and
-- returns its receipt; with one it tells what became of that objection.
--   outcome  filed | waiting | answered | unknown (no such receipt) | closed (no such open notice)
--            | too_many (of this source or to this notice; tried again later it may pass)
-- Name and telephone come sealed; the source's address as a keyed token. One submission is filed once.
create function notices_objection(
  asked_receipt text,
  asked_notice bigint,
  given_grounds text,
  given_objector bytea,
  given_phone bytea,
  given_source text,
  given_submission text,
  out outcome text, out receipt text, out received_on date,
  out answer text, out upheld boolean, out answered_on date
)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  today date := (now() at time zone 'Asia/Shanghai')::date;
  per_source_and_notice_an_hour constant int := 3;
  per_source_a_day constant int := 20;
  per_notice_an_hour constant int := 60;
  per_notice_a_day constant int := 300;
  target record;
  filed record;
begin
  -- The owner is held by the policies too. The settings stay until the transaction ends; the public
  -- role could set them itself, and gains nothing by them.
  perform set_config('app.lo', '0', true), set_config('app.hi', ':', true),
    set_config('app.pattern', '', true), set_config('app.classes', 'persons', true),
    set_config('app.actor', 'public', true), set_config('app.reason', 'objection', true),
    set_config('app.purpose', 'objection', true);

  if asked_receipt is not null then
    select o.receipt, o.received_on, o.answer, o.upheld,
        (o.answered_at at time zone 'Asia/Shanghai')::date as answered_on
      into filed from notices_objection o where o.receipt = asked_receipt;
    if not found then
      outcome := 'unknown';
    else
      outcome := case when filed.answered_on is null then 'waiting' else 'answered' end;
      receipt := filed.receipt;
      received_on := filed.received_on;
      answer := filed.answer;
      upheld := filed.upheld;
      answered_on := filed.answered_on;
    end if;
    return;
  end if;

  if given_source is null or given_submission is null then
    raise exception 'an objection names its source and submission'
      using errcode = 'null_value_not_allowed';
  end if;
  -- The same source waits for itself, and then the same notice: counts below are then whole.
  perform pg_advisory_xact_lock(hashtextextended('notices source ' || given_source, 0));
  select n.id, n.place_code into target from notices_notice n
    where n.id = asked_notice and n.withdrawn_at is null
      and today between n.opens_on and n.closes_on
    for update;
  if not found then
    outcome := 'closed';
    return;
  end if;
  select o.receipt, o.received_on into filed from notices_objection o
    where o.submission = given_submission and o.source_token = given_source
      and o.notice_id = target.id;
  if found then
    outcome := 'filed';
    receipt := filed.receipt;
    received_on := filed.received_on;
    return;
  end if;
  if (select count(*) from notices_objection o where o.source_token = given_source
        and o.notice_id = target.id and o.filed_at > now() - interval '1 hour')
        >= per_source_and_notice_an_hour
    or (select count(*) from notices_objection o where o.source_token = given_source
        and o.filed_at > now() - interval '1 day') >= per_source_a_day
    or (select count(*) from notices_objection o where o.notice_id = target.id
        and o.channel = 'page' and o.filed_at > now() - interval '1 hour') >= per_notice_an_hour
    or (select count(*) from notices_objection o where o.notice_id = target.id
        and o.channel = 'page' and o.filed_at > now() - interval '1 day') >= per_notice_a_day
  then
    outcome := 'too_many';
    return;
  end if;
  insert into notices_objection as o (notice_id, place_code, channel, received_on, filed_at, grounds,
      objector, phone, source_token, submission)
    values (target.id, target.place_code, 'page', today, now(), given_grounds,
      given_objector, given_phone, given_source, given_submission)
    returning o.id, o.receipt, o.received_on into filed;
  insert into journal_entry (actor, place_code, verb, subject, reason, before, after)
    values ('public', target.place_code, 'notices.object', 'objection ' || filed.id, '', '',
      json_build_object('notice', target.id)::text);
  outcome := 'filed';
  receipt := filed.receipt;
  received_on := filed.received_on;
end $$;
revoke execute on function
  notices_objection(text, bigint, text, bytea, bytea, text, text) from public;
grant execute on function
  notices_objection(text, bigint, text, bytea, bytea, text, text) to bangfu_public;
