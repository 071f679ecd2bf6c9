"""The walls of bidders, and the tie that keeps each where its tender is."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

BOTH = [DataClass.PERSONS, DataClass.MONEY]


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_bidders")]

    operations = [
        policies.walled("projects_bidder", classes=BOTH),
        policies.tied("projects_bidder", ["step_id"], "projects_deliverystep", ["id"]),
    ]
