"""The walls of the project bank, and the ties that keep rows where their project is."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

BOTH = [DataClass.PERSONS, DataClass.MONEY]


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        policies.walled("projects_project", classes=BOTH),
        policies.walled("projects_projecthistory", classes=BOTH),
        policies.walled("projects_recipeshare", classes=BOTH),
        policies.walled("projects_recipesharehistory", classes=BOTH),
        policies.tied("projects_recipeshare", ["project_id"], "projects_project", ["id"]),
    ]
