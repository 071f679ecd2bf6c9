-- What an operator holds, on whatever days, and the former codes of the places where: what every request
-- asks of who sends it, in one statement. It is the operator's own question, so the policies let him see
-- his grants and no others; nothing else is seen by it, for it has no scope.
--
-- grants: [{role, zh, en, place, classes, writes, from, to}], by place and role.
-- former: {place: [codes outside it, near and far, whose places became part of it]}; only places with some.
create function accounts_standing(username text, out grants jsonb, out former jsonb)
language plpgsql as $$
#variable_conflict use_column
begin
  perform set_config('app.actor', accounts_standing.username, true);
  select coalesce(jsonb_agg(jsonb_build_object(
      'role', r.code, 'zh', r.name_zh, 'en', r.name_en, 'place', g.place_code,
      'classes', r.classes, 'writes', r.writes, 'from', g.valid_from, 'to', g.valid_to)
    order by g.place_code, g.role_id), '[]')
  into grants
  from accounts_grant g
  join accounts_role r on r.code = g.role_id
  where g.operator_id = accounts_standing.username;

  with recursive held (place, low) as (
    select distinct g.place_code, case
        when right(g.place_code, 3) <> '000' then g.place_code
        when right(g.place_code, 6) <> '000000' then left(g.place_code, 9)
        when right(g.place_code, 8) <> '00000000' then left(g.place_code, 6)
        when right(g.place_code, 10) <> '0000000000' then left(g.place_code, 4)
        else left(g.place_code, 2)  -- of the nation '00', in which no code lies: nothing is outside it
      end
    from accounts_grant g
    where g.operator_id = accounts_standing.username
  ),
  -- `union` drops what was found before, so that a circle of successors ends.
  former (place, own, low) as (
    select place, low, low from held
    union
    select former.place, former.own, left(p.code, (array[2, 4, 6, 9, 12])[p.level])
    from former
    join places_place p on p.successor >= former.low and p.successor < former.low || ':'
  )
  select coalesce(jsonb_object_agg(place, codes), '{}')
  into former
  from (
    select place, jsonb_agg(distinct rpad(low, 12, '0')) as codes
    from former
    where low < own or low >= own || ':'
    group by place
  ) as found;
end $$;
