"""What the pages of the money read: lines with their stages, movements, contracts, claims, payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from bangfu.books.funds.models import (
    Balance,
    Claim,
    ClaimShare,
    ClaimStatus,
    Contract,
    Entry,
    FundLine,
    MonthSeal,
    Payment,
    Plan,
    PlanStatus,
    Posting,
)
from bangfu.books.projects.models import Project
from bangfu.books.projects.money import LineSum
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.core.ledger.stages import BOOKS, HELD, LEFT_LABELS, OUTSIDE, Book, Kind, Stage

NO_LINE = Text(
    "没有这笔资金，或者它不在您的范围内。", "There is no such fund line, or it is not yours to see."
)
# What an approved amendment waits for, as the page of the plans is asked for it.
TO_NOTICE, TO_POST = "to_notice", "to_post"
# From a contract on: each of these stages holds what has gone at least so far.
COMMITTED = (Stage.COMMITTED, Stage.CLAIMED, Stage.PAID)
# The rows that a figure of several stages counts, by the name under which a page asks for them.
GROUPS: dict[str, tuple[Text, tuple[Stage, ...]]] = {
    "announced": (Text("指标", "announced"), (Stage.SOURCE, Stage.PLEDGED)),
    "allocated": (Text("已安排", "allocated"), tuple(sorted(HELD))),
    "committed": (Text("已签合同", "committed"), COMMITTED),
    "claimed": (Text("已报账", "claimed"), (Stage.CLAIMED, Stage.PAID)),
}


def _standing(*stages: Stage, sign: int = 1) -> Coalesce:
    names = [stage.value for stage in stages]
    return Coalesce(Sum(F("balances__amount") * sign, filter=Q(balances__stage__in=names)), 0)


def lines() -> QuerySet[FundLine]:
    """Every line of the scope with what was announced, is free, allocated, committed, paid, arrived
    and in hand, in fen."""
    return FundLine.objects.annotate(
        announced=_standing(Stage.SOURCE, Stage.PLEDGED, sign=-1),
        pledged=_standing(Stage.PLEDGED),
        free=_standing(Stage.ANNOUNCED),
        allocated=_standing(*HELD),
        committed=_standing(*COMMITTED),
        paid=_standing(Stage.PAID),
        received=_standing(Stage.TREASURY, sign=-1),
        in_hand=_standing(Stage.RECEIVED),
    )


def line(line_id: int) -> FundLine:
    """One line of the scope. NotFoundError."""
    found = FundLine.objects.filter(pk=line_id).first()
    if found is None:
        raise NotFoundError(NO_LINE)
    return found


@dataclass(frozen=True, slots=True)
class StageSum:
    """What stands on one stage of a line and has gone no further, all projects together. An outside stage
    tells what came in."""

    stage: Stage
    label: Text
    fen: int


def stages_of(line: FundLine) -> dict[Book, list[StageSum]]:
    """A line's stages by book, in the order in which money passes them."""
    sums = {
        Stage(stage): int(fen)
        for stage, fen in Balance.objects.filter(line=line)
        .values_list("stage")
        .annotate(fen=Sum("amount"))
    }
    found: dict[Book, list[StageSum]] = {book: [] for book in Book}
    for stage in Stage:
        fen = sums.get(stage, 0)
        found[BOOKS[stage]].append(
            StageSum(stage, LEFT_LABELS[stage], -fen if stage in OUTSIDE else fen)
        )
    return found


@dataclass(frozen=True, slots=True)
class ProjectSum:
    """What a line holds for one project, in fen; each stage includes those after it."""

    number: str
    name: str
    plan: int
    committed: int
    claimed: int
    paid: int


def projects_of(line: FundLine) -> list[ProjectSum]:
    """What a line gives to each project, by project number."""
    rows = (
        Balance.objects.filter(line=line, project__isnull=False)
        .values_list("project__number", "project__name")
        .annotate(
            plan=_on(*HELD),
            committed=_on(*COMMITTED),
            claimed=_on(Stage.CLAIMED, Stage.PAID),
            paid=_on(Stage.PAID),
        )
        .filter(plan__gt=0)
        .order_by("project__number")
    )
    return [ProjectSum(*row) for row in rows]


def lines_of(project: Project) -> list[LineSum]:
    """What each line gives to a project, by line number."""
    rows = (
        Balance.objects.filter(project=project)
        .values_list("line_id", "line__number", "line__name")
        .annotate(
            plan=_on(*HELD),
            committed=_on(*COMMITTED),
            claimed=_on(Stage.CLAIMED, Stage.PAID),
            paid=_on(Stage.PAID),
        )
        .filter(plan__gt=0)
        .order_by("line__number")
    )
    return [LineSum(key, f"{number} {name}", *sums) for key, number, name, *sums in rows]


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of a plan before and after an amendment, in fen, and what of it is used by now; each stage
    includes those after it."""

    line_id: int
    line: str
    project_id: int
    project: str
    before: int
    after: int
    committed: int
    claimed: int
    paid: int

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def short(self) -> int:
        """How much the amendment would take of what contracts hold already."""
        return max(0, self.committed - self.after)


def changes_of(plan: Plan, *, before: Plan) -> list[Change]:
    """Every piece of two versions of a plan, by project and line, those that stay as they are too."""
    sides: dict[tuple[int, int], list[int]] = {}
    names: dict[tuple[int, int], tuple[str, str]] = {}
    for side, version in enumerate((before, plan)):
        for item in version.items.select_related("line", "project"):
            piece = (item.line_id, item.project_id)
            sides.setdefault(piece, [0, 0])[side] = item.fen
            names[piece] = (
                f"{item.project.number} {item.project.name}",
                f"{item.line.number} {item.line.name}",
            )
    used = {
        (line_id, project_id): sums
        for line_id, project_id, *sums in Balance.objects.filter(
            line_id__in={line for line, _ in sides},
            project_id__in={project for _, project in sides},
        )
        .values_list("line_id", "project_id")
        .annotate(
            committed=_on(*COMMITTED),
            claimed=_on(Stage.CLAIMED, Stage.PAID),
            paid=_on(Stage.PAID),
        )
    }
    return [
        Change(line, names[line, project][1], project, names[line, project][0],
               *sides[line, project], *used.get((line, project), (0, 0, 0)))
        for line, project in sorted(sides, key=lambda piece: names[piece])
    ]  # fmt: skip


def _on(*stages: Stage) -> Coalesce:
    return Coalesce(Sum("amount", filter=Q(stage__in=[stage.value for stage in stages])), 0)


def movements(
    line: FundLine, *, stages: Sequence[Stage] = (), project: str = ""
) -> QuerySet[Entry]:
    """The entries of a line, of some stages or one project when named."""
    rows = Entry.objects.filter(line=line).select_related("posting__document", "project")
    if stages:
        rows = rows.filter(stage__in=[stage.value for stage in stages])
    return rows.filter(project__number=project) if project else rows


# The stage that tells the sum of a movement entered by hand.
_GIVEN = {
    Kind.PLEDGE: Stage.PLEDGED,
    Kind.ANNOUNCE: Stage.ANNOUNCED,
    Kind.RECEIVE: Stage.RECEIVED,
    Kind.CARRY_OVER: Stage.CARRIED_OVER,
    Kind.BRING_IN: Stage.ANNOUNCED,
    Kind.TAKE_BACK: Stage.TAKEN_BACK,
}


def same_movement(line: FundLine, kind: Kind, document: str, fen: int) -> Posting | None:
    """A posting that moved the same sum of the line by the same document and was not taken back."""
    of_line = Q(entries__line=line, entries__stage=_GIVEN[kind].value, entries__fen__gt=0)
    found: Posting | None = (
        Posting.objects.filter(place_code=line.place_code, kind=kind.value, reverses=None)
        .filter(document__number=document, reversed_by=None)
        .annotate(moved=Sum("entries__fen", filter=of_line))
        .filter(moved=fen)
        .order_by("pk")
        .first()
    )
    return found


def contracts() -> QuerySet[Contract]:
    """Contracts of the scope with their projects and what is paid on each."""
    return Contract.objects.select_related("project").annotate(
        paid=Coalesce(
            Sum("claims__shares__fen", filter=Q(claims__shares__payment__isnull=False)), 0
        )
    )


def claims(status: str = "") -> QuerySet[Claim]:
    """Claims of the scope with contract and project, and what of each is paid."""
    rows = Claim.objects.select_related("contract__project").annotate(
        paid=Coalesce(Sum("shares__fen", filter=Q(shares__payment__isnull=False)), 0)
    )
    return rows.filter(status=status) if status else rows


def plans(status: str, today: date) -> QuerySet[Plan]:
    """Plans of the scope of a status; of approved amendments those that wait for their notice, or whose
    notice is over."""
    if status == TO_NOTICE:
        return Plan.objects.filter(
            status=PlanStatus.APPROVED, amends__isnull=False, notice__isnull=True
        )
    if status == TO_POST:
        return Plan.objects.filter(status=PlanStatus.APPROVED, noticed_to__lt=today)
    return Plan.objects.filter(status=status)


def waiting() -> QuerySet[Claim]:
    """Checked claims that are not paid in full, with what is owed on how many lines since when. A batch of
    payments to households pays its own claim."""
    return (
        Claim.objects.filter(status=ClaimStatus.CHECKED)
        .exclude(kind=ClaimKind.HOUSEHOLDS)
        .select_related("contract__project")
        .annotate(
            owed=Sum("shares__fen", filter=Q(shares__payment__isnull=True)),
            lines=Count("shares", filter=Q(shares__payment__isnull=True)),
            since=Min("checked_on"),
        )
        .filter(owed__gt=0)
    )


@dataclass(frozen=True, slots=True)
class Share:
    """One line's share of a claim and whether its cash is there. `payment` when it is paid."""

    line_id: int
    number: str
    name: str
    fen: int
    in_hand: int
    payment: Payment | None
    recovered_fen: int

    @property
    def short_fen(self) -> int:
        """How much cash the line lacks for it."""
        return max(0, self.fen - self.in_hand) if self.payment is None else 0


def shares_of(claim: Claim) -> list[Share]:
    """A lodged claim by line."""
    rows = list(
        ClaimShare.objects.filter(claim=claim)
        .select_related("line", "payment")
        .order_by("line__number")
    )
    cash = in_hand([row.line_id for row in rows])
    return [
        Share(
            row.line_id,
            row.line.number,
            row.line.name,
            row.fen,
            cash.get(row.line_id, 0),
            row.payment,
            row.recovered_fen,
        )
        for row in rows
    ]


def short_of(claim_ids: Sequence[int]) -> dict[int, int]:
    """How much cash the lines lack for what some claims are owed, each claim taken by itself."""
    rows = list(
        ClaimShare.objects.filter(claim_id__in=claim_ids, payment=None).values_list(
            "claim_id", "line_id", "fen"
        )
    )
    cash = in_hand([line_id for _, line_id, _ in rows])
    short = dict.fromkeys(claim_ids, 0)
    for claim_id, line_id, fen in rows:
        short[claim_id] += max(0, fen - cash.get(line_id, 0))
    return short


def in_hand(line_ids: Sequence[int]) -> dict[int, int]:
    """Cash of some lines that has arrived and not left, in fen."""
    rows = Balance.objects.filter(line_id__in=line_ids, stage=Stage.RECEIVED.value)
    return dict(rows.values_list("line_id", "amount"))


def months() -> QuerySet[MonthSeal]:
    """Sealed months with how many lines each seals."""
    return MonthSeal.objects.annotate(lines=Count("heads"))
