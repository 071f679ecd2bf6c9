"""Tables of projects: the bank, how each is delivered, and the county's year."""

from bangfu.books.projects.models.bank import (
    AFTERWARDS,
    Mode,
    Project,
    RecipeShare,
    Stage,
    Status,
)
from bangfu.books.projects.models.delivery import (
    Bidder,
    Contribution,
    Defect,
    DeliveryStep,
    Progress,
    ProgressPhoto,
    StagePaper,
    TargetResult,
)
from bangfu.books.projects.models.year import (
    Commitment,
    KeyVillage,
    Meeting,
    Milestone,
    TeamMember,
)

__all__ = [
    "AFTERWARDS",
    "Bidder",
    "Commitment",
    "Contribution",
    "Defect",
    "DeliveryStep",
    "KeyVillage",
    "Meeting",
    "Milestone",
    "Mode",
    "Progress",
    "ProgressPhoto",
    "Project",
    "RecipeShare",
    "Stage",
    "StagePaper",
    "Status",
    "TargetResult",
    "TeamMember",
]
