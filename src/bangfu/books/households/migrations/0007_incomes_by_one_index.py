"""The place stands beside an income item's key: the planner takes any scope for half a hundredth of the table
and otherwise also reads the index of places, which for a county is every row of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("households", "0006_joined_from")]

    operations = [
        migrations.RemoveConstraint("incomeitem", "households_income_once"),
        migrations.AddConstraint(
            "incomeitem",
            models.UniqueConstraint(
                fields=["household", "year", "item", "place_code"], name="households_income_once"
            ),
        ),
    ]
