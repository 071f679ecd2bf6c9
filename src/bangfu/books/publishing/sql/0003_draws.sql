-- What the public role may do with copies of draws: read those of open publications, and nothing else.
do $$
declare
  named text;
begin
  foreach named in array array['publishing_drawcopy', 'publishing_drawline']
  loop
    execute format('alter policy scope on %I to bangfu_owner, bangfu_web', named);
    execute format('create policy open on %I for select to bangfu_public using'
      ' (exists (select from publishing_publication p where p.id = publication_id))', named);
  end loop;
end $$;

-- No run of eleven digits in a name. Seeds are such runs (numbers of a lottery), and keys are codes.
alter table publishing_drawline add constraint publishing_drawline_no_number
  check (name !~ '[0-9]([ -]?[0-9]){10}');
