"""The households of the samples that an actor may read, as a function for the policies on persons."""

from django.db import migrations

from bangfu.books.walls import policies

FUNCTION = f"""
create function {policies.SAMPLED} returns setof text language plpgsql stable as $$
begin
  return query select m.household_no::text from accounts_samplehousehold m;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_api_tokens")]

    operations = [migrations.RunSQL(FUNCTION, f"drop function {policies.SAMPLED}")]
