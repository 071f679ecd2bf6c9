"""Persons' tables open to a sample's assessor; what crosses places keeps its history together.

A household that moved takes its rows along, but its past stays where it was written: who sees the
household sees all of its past.
"""

from django.db import migrations

from bangfu.books.walls import policies

TABLES = ("household", "person", "job", "jobplan", "incomeitem")


def follows(past: str) -> migrations.RunSQL:
    return policies.also(
        past,
        "follows",
        "exists (select from households_household h"
        f" where h.household_no = {past}.household_no)",
    )


class Migration(migrations.Migration):
    dependencies = [("households", "0002_happenings"), ("accounts", "0004_policies")]

    operations = [
        *(policies.sampled(f"households_{table}") for table in TABLES),
        *(policies.sampled(f"households_{table}history") for table in TABLES),
        *(follows(f"households_{table}history") for table in TABLES),
        policies.sampled("households_nameindex"),
        policies.sampled("households_happening"),
        # Happenings are never changed, so they stay where they happened, as the past does.
        follows("households_happening"),
        # A sample's household is one of the books, and is found where it lies.
        policies.tied("accounts_samplehousehold", ["household_no"], "households_household"),
    ]
