-- What every posting is held against when the balances hold it already: the days of others, and the quota
-- that its cash belongs to.

-- What is promised is told and moves nothing, so a county may learn of it after it was redeemed.
create function funds_held_by_day(stage text) returns boolean
language sql immutable parallel safe
return stage not in ('source', 'treasury', 'pledged');

-- Cash of a line goes with its quota. What came in, less what was sent up, is within what was pledged and
-- announced, less what was taken back; and what is sent up within what was taken back. A mistake is reversed
-- in any order: the next movement of cash is held against what stands then.
create function funds_cash_fits(kind text, line bigint) returns boolean
language sql stable
return (select case when kind = 'take_back' then sent <= taken
                    else came - sent <= quota - taken end
          from (select coalesce(-sum(amount) filter (where stage = 'treasury'), 0) as came,
                       coalesce(sum(amount) filter (where stage = 'returned'), 0) as sent,
                       coalesce(-sum(amount) filter (where stage = 'source'), 0) as quota,
                       coalesce(sum(amount) filter (where stage = 'taken_back'), 0) as taken
                  from funds_balance where line_id = line
                   and stage in ('source', 'taken_back', 'treasury', 'returned')) as sums);

-- Nobody spends on a day what came only after it. Balances tell what stands in the end; a posting that is
-- dated before others is held against every day from its own on.
create function funds_check_booked() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  act record;
  short record;
begin
  select p.id, p.place_code, p.day, p.kind, p.reverses_id is not null as red into act
    from funds_posting p where p.id = (select posting_id from added limit 1);
  if act.kind in ('receive', 'take_back') and not act.red then
    select line_id into short from added where not funds_cash_fits(act.kind, line_id) limit 1;
    if found then
      raise exception 'posting %: the cash of line % does not fit its quota', act.id, short.line_id
        using errcode = 'check_violation', constraint = 'funds_entry_cash_fits';
    end if;
  end if;
  if act.day >= (select max(day) from funds_posting where place_code = act.place_code) then
    return null;
  end if;
  with taken as (
    select line_id, stage, project_id from added where funds_held_by_day(stage)
      group by line_id, stage, project_id having sum(fen) < 0),
  later as (
    select t.line_id, t.stage, t.project_id, p.day, sum(e.fen) as fen
      from funds_posting p
      join funds_entry e on e.posting_id = p.id
      join taken t on t.line_id = e.line_id and t.stage = e.stage
        and t.project_id is not distinct from e.project_id
      where p.place_code = act.place_code and p.day > act.day
      group by t.line_id, t.stage, t.project_id, p.day)
  select line_id, day into short
    from (select l.line_id, l.day, b.amount - sum(l.fen) over (
                   partition by l.line_id, l.stage, l.project_id order by l.day desc) as before
            from later l
            join funds_balance b on b.line_id = l.line_id and b.stage = l.stage
              and b.project_id is not distinct from l.project_id) as standing
    where before < 0 limit 1;
  if found then
    raise exception 'posting % takes on % what line % has only from % on',
      act.id, act.day, short.line_id, short.day
      using errcode = 'check_violation', constraint = 'funds_entry_in_time';
  end if;
  return null;
end $$;
create trigger funds_booked after insert on funds_entry
  referencing new table as added for each statement execute function funds_check_booked();
