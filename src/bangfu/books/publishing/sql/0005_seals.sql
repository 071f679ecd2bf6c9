-- What the public role may do with copies of seals: read those of open publications, and nothing else.
do $$
declare
  named text;
begin
  foreach named in array array['publishing_sealcopy', 'publishing_headcopy']
  loop
    execute format('alter policy scope on %I to bangfu_owner, bangfu_web', named);
    execute format('create policy open on %I for select to bangfu_public using'
      ' (exists (select from publishing_publication p where p.id = publication_id))', named);
  end loop;
end $$;
