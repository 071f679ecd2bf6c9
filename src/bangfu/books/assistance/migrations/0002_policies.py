"""An assessor sees what was done for the households of the own sample."""

from django.db import migrations

from bangfu.books.walls import policies


class Migration(migrations.Migration):
    dependencies = [("assistance", "0001_initial"), ("households", "0003_policies")]

    operations = [
        policies.sampled("assistance_measure"),
        policies.sampled("assistance_measurehistory"),
        policies.sampled("assistance_visit"),
        policies.sampled("assistance_visithistory"),
    ]
