"""The walls of what is attached to a visit, and the ties that keep it where the visit is."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_visit_papers")]

    operations = [
        policies.walled(
            "supervision_visitpaper", classes=[DataClass.PERSONS, DataClass.MONEY]
        ),
        policies.tied("supervision_visitpaper", ["visit_id"], "supervision_visit", ["id"]),
        policies.tied(
            "supervision_visitpaper", ["attachment_id"], "attachments_attachment", ["id"]
        ),
    ]
