"""The policies of samples ask their function."""

from django.db import migrations

from bangfu.books.walls import policies

TABLES = ("measure", "measurehistory", "visit", "visithistory")


class Migration(migrations.Migration):
    dependencies = [
        ("assistance", "0002_policies"),
        ("accounts", "0006_sampled_households"),
    ]

    operations = [policies.sampled_by_function(f"assistance_{table}") for table in TABLES]
