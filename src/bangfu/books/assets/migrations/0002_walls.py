"""The walls of assets, and the tie that keeps each where its project is."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

BOTH = [DataClass.PERSONS, DataClass.MONEY]


class Migration(migrations.Migration):
    dependencies = [("assets", "0001_initial"), ("projects", "0004_delivery_walls")]

    operations = [
        policies.walled("assets_asset", classes=BOTH),
        policies.walled("assets_assethistory", classes=BOTH),
        policies.tied("assets_asset", ["project_id"], "projects_project", ["id"]),
    ]
