"""A paper of a stage is called one, apart from the official documents that money rests on (funds)."""

from django.db import migrations, models

TABLE = "projects_stagepaper"
# What is tied by a name of the old table. Triggers are installed anew after migrating, under names of
# the new one: those of the old would guard it a second time.
RENAMED = [
    f"alter table {TABLE} rename constraint projects_document_{column}_id_place"
    f" to {TABLE}_{column}_id_place"
    for column in ("project", "attachment")
]
UNGUARDED = f"""
do $$
declare
  old name;
begin
  for old in select tgname from pg_trigger
      where tgrelid = '{TABLE}'::regclass and tgname like 'pgtrigger\\_%' loop
    execute format('drop trigger %I on {TABLE}', old);
    execute format('drop function %I()', old);
  end loop;
end $$;
"""
BACK = [
    f"alter table {TABLE} rename constraint {TABLE}_{column}_id_place"
    f" to projects_document_{column}_id_place"
    for column in ("project", "attachment")
]


class Migration(migrations.Migration):
    dependencies = [("projects", "0006_bidder_walls")]

    operations = [
        migrations.RenameModel("Document", "StagePaper"),
        migrations.RunSQL([*RENAMED, UNGUARDED], [UNGUARDED, *BACK]),
        migrations.RenameIndex(
            "stagepaper",
            old_name="projects_document_place",
            new_name="projects_stagepaper_place",
        ),
        migrations.RemoveConstraint("stagepaper", "projects_document_once"),
        migrations.RemoveConstraint("stagepaper", "projects_document_kind"),
        migrations.AddConstraint(
            "stagepaper",
            models.UniqueConstraint(
                fields=("project", "kind", "attachment"), name="projects_stagepaper_once"
            ),
        ),
        migrations.AddConstraint(
            "stagepaper",
            models.CheckConstraint(
                condition=models.Q(("kind", ""), _negated=True), name="projects_stagepaper_kind"
            ),
        ),
    ]
