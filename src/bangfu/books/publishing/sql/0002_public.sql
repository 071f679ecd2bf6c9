-- What the public role may do with publications: read what is open today, and nothing else.

-- The walls of the books go by settings that anybody may set, so they speak to the roles of the books only.
do $$
declare
  named text;
  condition text;
begin
  foreach named in array array['publishing_publication', 'publishing_planpiece', 'publishing_projectcopy',
    'publishing_contractcopy', 'publishing_paymentcopy', 'publishing_movementcopy', 'publishing_resultcopy']
  loop
    execute format('alter policy scope on %I to bangfu_owner, bangfu_web', named);
    -- Policies hold inside a policy too: a row's own finds publications that are open only.
    condition := case named when 'publishing_publication'
      then 'ended_at is null'
        ' and (now() at time zone ''Asia/Shanghai'')::date between opens_on and closes_on'
      else 'exists (select from publishing_publication p where p.id = publication_id)' end;
    execute format('create policy open on %I for select to bangfu_public using (%s)', named, condition);
  end loop;
end $$;

-- A second wall: no run of eleven digits stands in words that the public reads, whoever wrote them.
alter table publishing_publication add constraint publishing_publication_no_number
  check (title_zh !~ '[0-9]([ -]?[0-9]){10}' and title_en !~ '[0-9]([ -]?[0-9]){10}');
alter table publishing_planpiece add constraint publishing_planpiece_no_number
  check (concat_ws(chr(10), project_name, line_name, department) !~ '[0-9]([ -]?[0-9]){10}');
alter table publishing_projectcopy add constraint publishing_projectcopy_no_number
  check (concat_ws(chr(10), name, location, schedule, department, task, financing, mechanism,
    performance_target, contractor) !~ '[0-9]([ -]?[0-9]){10}');
alter table publishing_contractcopy add constraint publishing_contractcopy_no_number
  check (concat_ws(chr(10), title, payee) !~ '[0-9]([ -]?[0-9]){10}');
alter table publishing_paymentcopy add constraint publishing_paymentcopy_no_number
  check (concat_ws(chr(10), project_name, department, payee) !~ '[0-9]([ -]?[0-9]){10}');
alter table publishing_movementcopy add constraint publishing_movementcopy_no_number
  check (concat_ws(chr(10), project_name, line_name, department) !~ '[0-9]([ -]?[0-9]){10}');
alter table publishing_resultcopy add constraint publishing_resultcopy_no_number
  check (concat_ws(chr(10), project_name, name, unit) !~ '[0-9]([ -]?[0-9]){10}');
