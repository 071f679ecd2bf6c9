"""Verbs on projects. `by` is the actor with the roles held today; `today` and `now` come from one door."""

from bangfu.books.projects.actions.building import (
    contribute,
    note_defect,
    repair_defect,
    report_progress,
)
from bangfu.books.projects.actions.ending import assess
from bangfu.books.projects.actions.importing import (
    ProjectsDiff,
    finish,
    import_key_villages,
    import_projects,
)
from bangfu.books.projects.actions.papers import Paper, hand_in
from bangfu.books.projects.actions.pricing import change_price
from bangfu.books.projects.actions.proposing import amend, propose, propose_again
from bangfu.books.projects.actions.stages import arrange, record_stage
from bangfu.books.projects.actions.year import (
    carry_out_commitment,
    hold_meeting,
    list_key_villages,
    name_team_member,
    pass_milestone,
    plan_key_village,
    release_commitment,
)

__all__ = [
    "Paper",
    "ProjectsDiff",
    "amend",
    "arrange",
    "assess",
    "carry_out_commitment",
    "change_price",
    "contribute",
    "finish",
    "hand_in",
    "hold_meeting",
    "import_key_villages",
    "import_projects",
    "list_key_villages",
    "name_team_member",
    "note_defect",
    "pass_milestone",
    "plan_key_village",
    "propose",
    "propose_again",
    "record_stage",
    "release_commitment",
    "repair_defect",
    "report_progress",
]
