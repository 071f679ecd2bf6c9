"""Who sees samples and second factors."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.policies import TODAY, setting

# Who draws samples works for this purpose, and sees persons.
DRAWING = (
    f"({setting('purpose')} = 'samples'"
    " and (select 'persons' = any(string_to_array(current_setting('app.classes', true), ','))))"
)
MYSELF = f"username = {setting('actor')}"
MINE = f"assessor_id = {setting('actor')} or {DRAWING}"
OF_MINE = (
    "sample_id in (select s.id from accounts_sample s where "
    f"{DRAWING} or (s.valid_from <= {TODAY} and (s.valid_to is null or s.valid_to > {TODAY})))"
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_people_at_work")]

    operations = [
        # Log-in reads accounts before any scope is known. Who keeps a place changes its accounts, and
        # everybody the own one.
        policies.reference("accounts_operator", column="place_code"),
        policies.also("accounts_operator", "self", MYSELF, command="update"),
        policies.reference("accounts_operatorhistory", column="place_code"),
        policies.also("accounts_operatorhistory", "self", MYSELF, command="all"),
        policies.walled("accounts_sample"),
        policies.only("accounts_sample", "assigned", MINE),
        policies.walled("accounts_samplehistory"),
        policies.only("accounts_samplehistory", "assigned", MINE),
        policies.walled("accounts_samplehousehold"),
        policies.only("accounts_samplehousehold", "assigned", OF_MINE),
        policies.walled("accounts_samplehouseholdhistory"),
        policies.only("accounts_samplehouseholdhistory", "assigned", OF_MINE),
        policies.own("accounts_secondfactor", "operator_id", purpose="operators"),
        policies.own("accounts_recoverycode", "operator_id", purpose="operators"),
    ]
