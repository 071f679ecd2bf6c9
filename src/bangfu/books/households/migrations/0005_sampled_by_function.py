"""The policies of samples ask their function."""

from django.db import migrations

from bangfu.books.walls import policies

TABLES = ("household", "person", "job", "jobplan", "incomeitem")


class Migration(migrations.Migration):
    dependencies = [
        ("households", "0004_counted_by_index"),
        ("accounts", "0006_sampled_households"),
    ]

    operations = [
        *(policies.sampled_by_function(f"households_{table}") for table in TABLES),
        *(policies.sampled_by_function(f"households_{table}history") for table in TABLES),
        policies.sampled_by_function("households_nameindex"),
        policies.sampled_by_function("households_happening"),
    ]
