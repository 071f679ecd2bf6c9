"""What is published: publications and the rows of each, which are copies."""

from bangfu.books.publishing.models.copies import (
    ContractCopy,
    MovementCopy,
    PaymentCopy,
    PlanPiece,
    ProjectCopy,
    ResultCopy,
)
from bangfu.books.publishing.models.draws import DrawCopy, DrawLine
from bangfu.books.publishing.models.publications import Copied, End, Kind, Publication
from bangfu.books.publishing.models.seals import HeadCopy, SealCopy

ROWS: tuple[type[Copied], ...] = (
    PlanPiece,
    ProjectCopy,
    ContractCopy,
    PaymentCopy,
    MovementCopy,
    ResultCopy,
    DrawCopy,
    DrawLine,
    SealCopy,
    HeadCopy,
)

__all__ = [
    "ROWS",
    "ContractCopy",
    "Copied",
    "DrawCopy",
    "DrawLine",
    "End",
    "HeadCopy",
    "Kind",
    "MovementCopy",
    "PaymentCopy",
    "PlanPiece",
    "ProjectCopy",
    "Publication",
    "ResultCopy",
    "SealCopy",
]
