"""The walls of supervision, and the ties that keep rows where what they are about is."""

from django.db import migrations

from bangfu.books.walls import policies
from bangfu.books.walls.scope import DataClass

BOTH = [DataClass.PERSONS, DataClass.MONEY]
TABLES = ("plan", "target", "visit", "finding", "step", "evidence", "bulletin")
RECORDED = ("plan", "target", "finding", "bulletin")
PERSONS = "coalesce('persons' = any(string_to_array(current_setting('app.classes', true), ',')), false)"
# A finding about a household is of persons, whoever else works with findings.
OF_PERSONS = f"subject_kind <> 'household' or (select {PERSONS})"
# Policies hold inside a policy too: what belongs to a finding is seen by who sees the finding.
OF_A_FINDING = "exists (select from supervision_finding f where f.id = finding_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0001_initial"),
        ("attachments", "0001_initial"),
        ("funds", "0006_payment_walls"),
        ("projects", "0004_delivery_walls"),
    ]

    operations = [
        *(policies.walled(f"supervision_{table}", classes=BOTH) for table in TABLES),
        *(policies.walled(f"supervision_{table}history", classes=BOTH) for table in RECORDED),
        policies.only("supervision_finding", "persons", OF_PERSONS),
        policies.only("supervision_findinghistory", "persons", OF_PERSONS),
        *(
            policies.only(f"supervision_{table}", "of_a_finding", OF_A_FINDING)
            for table in ("step", "evidence")
        ),
        policies.tied("supervision_visit", ["target_id"], "supervision_target", ["id"]),
        policies.tied("supervision_finding", ["visit_id"], "supervision_visit", ["id"]),
        policies.tied("supervision_finding", ["project_id"], "projects_project", ["id"]),
        policies.tied("supervision_finding", ["payment_id"], "funds_payment", ["id"]),
        *(
            policies.tied(f"supervision_{table}", ["finding_id"], "supervision_finding", ["id"])
            for table in ("step", "evidence")
        ),
        policies.tied("supervision_evidence", ["step_id"], "supervision_step", ["id"]),
        policies.tied(
            "supervision_evidence", ["attachment_id"], "attachments_attachment", ["id"]
        ),
        *(
            policies.only_by_actor(f"supervision_{table}", "actor")
            for table in ("visit", "step")
        ),
    ]
