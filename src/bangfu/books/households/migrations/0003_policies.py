"""Persons' tables open to a sample's assessor; what crosses places keeps its history together.

A household that moved takes its rows along, but its past stays where it was written: who sees the
household sees all of its past.
"""

from django.db import migrations

from bangfu.books.walls import policies

TABLES = ("household", "person", "job", "jobplan", "incomeitem")


def follows(table: str) -> migrations.RunSQL:
    past = f"households_{table}history"
    return policies.also(
        past,
        "follows",
        "exists (select from households_household h"
        f" where h.household_no = {past}.household_no)",
    )


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial"), ("accounts", "0004_policies")]

    operations = [
        *(policies.sampled(f"households_{table}") for table in TABLES),
        *(policies.sampled(f"households_{table}history") for table in TABLES),
        *(follows(table) for table in TABLES),
        # A sample's household is one of the books, and is found where it lies.
        policies.tied("accounts_samplehousehold", ["household_no"], "households_household"),
    ]
