"""The walls of delivery and of the county's year, and the ties that keep rows where their project is."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

BOTH = [DataClass.PERSONS, DataClass.MONEY]
OF_A_PROJECT = (
    "deliverystep",
    "document",
    "progress",
    "contribution",
    "defect",
    "targetresult",
)
OF_THE_YEAR = ("milestone", "keyvillage", "teammember", "meeting", "commitment")
RECORDED = ("defect", "targetresult", "milestone", "keyvillage", "teammember", "commitment")


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0003_delivery_and_year"),
        ("attachments", "0001_initial"),
    ]

    operations = [
        *(
            policies.walled(f"projects_{table}", classes=BOTH)
            for table in (*OF_A_PROJECT, "progressphoto", *OF_THE_YEAR)
        ),
        *(policies.walled(f"projects_{table}history", classes=BOTH) for table in RECORDED),
        *(
            policies.tied(f"projects_{table}", ["project_id"], "projects_project", ["id"])
            for table in OF_A_PROJECT
        ),
        policies.tied("projects_progressphoto", ["progress_id"], "projects_progress", ["id"]),
        policies.tied("projects_commitment", ["meeting_id"], "projects_meeting", ["id"]),
        *(
            policies.tied(f"projects_{table}", ["attachment_id"], "attachments_attachment", ["id"])
            for table in ("document", "progressphoto")
        ),
        *(
            policies.only_by_actor(f"projects_{table}", "actor")
            for table in ("deliverystep", "document", "progress", "contribution", "meeting")
        ),
    ]
