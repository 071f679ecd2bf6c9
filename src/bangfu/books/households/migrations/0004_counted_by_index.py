"""Places are indexed with the household's number beside them, which the policy of samples reads of every row:
without it each row counted is fetched from its table. As a second key of the index it would draw the
lookup of a single household, which then looks into every village."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("households", "0003_policies")]

    operations = [
        migrations.RemoveIndex("household", "households_household_place"),
        migrations.AddIndex(
            "household",
            models.Index(
                fields=["place_code"],
                include=["household_no"],
                name="households_household_place",
            ),
        ),
        migrations.AddIndex(
            "household",
            models.Index(
                fields=["place_code"],
                include=["household_no", "risk_removed"],
                condition=models.Q(monitored_class__isnull=False),
                name="households_household_monitored",
            ),
        ),
        migrations.RemoveIndex("person", "households_person_place"),
        migrations.AddIndex(
            "person",
            models.Index(
                fields=["place_code"], include=["household"], name="households_person_place"
            ),
        ),
    ]
