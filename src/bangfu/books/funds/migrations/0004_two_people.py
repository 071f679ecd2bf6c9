"""Nobody approves the own plan: not the same account, and not another account of the same person."""

from django.db import migrations, models

ONE_PERSON = """
create function funds_two_people() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from accounts_operator a join accounts_operator p on p.person_token = a.person_token
    where a.username = new.approved_by and p.username = new.proposed_by
  ) then
    raise exception 'plan % is approved by the person who proposed it', new.id
      using errcode = 'check_violation', constraint = 'funds_plan_two_people';
  end if;
  return new;
end $$;
create trigger funds_two_people before insert or update on funds_plan
  for each row when (new.approved_by <> '') execute function funds_two_people();
"""
UNDO = "drop trigger funds_two_people on funds_plan; drop function funds_two_people()"


class Migration(migrations.Migration):
    dependencies = [("funds", "0003_walls"), ("accounts", "0004_policies")]

    operations = [
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(approved_by="")
                | ~models.Q(approved_by=models.F("proposed_by")),
                name="funds_plan_two_people",
            ),
        ),
        migrations.RunSQL(ONE_PERSON, UNDO),
    ]
