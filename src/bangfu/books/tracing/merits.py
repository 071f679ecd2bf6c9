"""What each department's money achieved, read from the ledger and from what projects reached.

What a line pays of a project is kept by the ledger itself, so nothing is estimated: a department's
money is what its lines have paid. A project's achievements are divided among the departments that paid
for it (`core.ledger.merit`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Sum
from django.urls import reverse
from django.utils.http import urlencode

from bangfu.books.assets.models import Asset
from bangfu.books.funds.models import Balance, Basis, ClaimShare
from bangfu.books.payments.models import Payment, PaymentStatus
from bangfu.books.projects.models import Project, TargetResult
from bangfu.core.language import Lang, Text
from bangfu.core.ledger import merit
from bangfu.core.ledger.merit import Achievement
from bangfu.core.ledger.stages import Stage
from bangfu.core.projects.targets import Target
from bangfu.files.reports import Column, ReportSheet

PROJECTS, ASSETS, VALUE, SERVED, MET = "projects", "assets", "value", "served", "met"
REACHED = "reached"
MEASURES: dict[str, Text] = {
    PROJECTS: Text("验收项目", "projects accepted"),
    ASSETS: Text("资产", "assets"),
    VALUE: Text("资产原值（元）", "value of assets (yuan)"),
    SERVED: Text("受益户次", "households served, once a project"),
    REACHED: Text("发钱到户（户次）", "households paid, once a project"),
    MET: Text("达到的绩效目标", "targets met"),
}
NOBODY = Text("（资金没有写明部门）", "(lines that name no department)")
ALL = Text("合计", "in all")
# What is reached is kept with two digits: a hundredth is the whole unit that is divided.
_HUNDREDTHS = 100
# Shares and degrees do not add up from project to project; they count as met or not met.
_RATIOS = ("%", "‰", "度", "分", "年", "天", "日", "月")


@dataclass(frozen=True, slots=True)
class Credit:
    """A merit as it is shown: of a department (`address` leads to its projects), or of one of its projects
    (`address` leads to its trace). `reached` goes by target (name and unit), in the target's unit."""

    name: Text
    fen: int
    units: Mapping[str, int]
    targets: Sequence[str]
    address: str = ""

    @property
    def figures(self) -> list[tuple[str, int]]:
        """Each measure and its whole units, in the order of the columns."""
        return [(measure, self.units.get(measure, 0)) for measure in MEASURES]

    @property
    def reached(self) -> list[Decimal | None]:
        """What was reached of each target, None where it had no part."""
        return [
            Decimal(units) / _HUNDREDTHS if (units := self.units.get(target)) else None
            for target in self.targets
        ]


def merits() -> tuple[list[Credit], list[str]]:
    """Every department's merit, the sum of all last, and the targets that add up, by name and unit."""
    paid = _paid()
    totals: Counter[str] = Counter()
    for givers in paid.values():
        totals.update(givers)
    achieved = [one for each in _achieved(paid).values() for one in each]
    targets = _targets(achieved)
    found = merit.merits(totals, achieved)
    rows = [
        Credit(
            _department(one.giver), one.fen, one.units, targets, f"?{urlencode({'of': one.giver})}"
        )
        for one in found
    ]
    return [*rows, _sum(rows, targets)] if rows else [], targets


def merits_of(department: str) -> tuple[list[Credit], list[str]]:
    """A department's merit project by project, their sum last, and the targets that add up."""
    achieved = _achieved(_paid())
    targets = _targets(one for each in achieved.values() for one in each)
    rows = []
    named = Project.objects.in_bulk(list(achieved))
    for project, fen in _paid_by(department).items():
        parts = merit.merits({department: fen}, achieved[project])
        own = next(one for one in parts if one.giver == department)
        name = f"{named[project].number} {named[project].name}"
        address = reverse("trace-thing", args=["project", project])
        rows.append(Credit(Text(name, name), fen, own.units, targets, address))
    return [*rows, _sum(rows, targets)] if rows else [], targets


def _sum(rows: Sequence[Credit], targets: Sequence[str]) -> Credit:
    units: Counter[str] = Counter()
    for one in rows:
        units.update(one.units)
    return Credit(ALL, sum(one.fen for one in rows), units, targets)


def _department(name: str) -> Text:
    return Text(name, name) if name else NOBODY


def _targets(achieved: Iterable[Achievement]) -> list[str]:
    return sorted({one.measure for one in achieved} - set(MEASURES))


def _paid() -> dict[int, dict[str, int]]:
    """Fen paid by project and department of the line."""
    rows = (
        Balance.objects.filter(stage=Stage.PAID.value, amount__gt=0)
        .values_list("project_id", "line__department")
        .annotate(fen=Sum("amount"))
        .order_by("project_id", "line__department")
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for project, department, fen in rows:
        found[project][department] = int(fen)
    return dict(found)


def _paid_by(department: str) -> dict[int, int]:
    return {
        project: givers[department] for project, givers in _paid().items() if department in givers
    }


def _achieved(paid: Mapping[int, Mapping[str, int]]) -> dict[int, list[Achievement]]:
    """What each project that was paid for achieved, by project."""
    found: dict[int, list[Achievement]] = {project: [] for project in paid}

    def told(project: int, measure: str, units: int) -> None:
        found[project].append(Achievement(measure, units, paid[project]))

    accepted = Project.objects.filter(pk__in=list(paid), accepted_on__isnull=False)
    for project, households in accepted.values_list("pk", "beneficiary_households"):
        told(project, PROJECTS, 1)
        told(project, SERVED, households or 0)
    assets = Asset.objects.filter(project__in=list(paid)).order_by("pk")
    for project, fen in assets.values_list("project_id", "value_fen"):
        told(project, ASSETS, 1)
        told(project, VALUE, fen)
    payers = _payers_of_batches()
    for project, households in _households().items():
        if project in found:
            found[project].append(Achievement(REACHED, households, payers.get(project, {})))
    for result in TargetResult.objects.filter(project__in=list(paid)).order_by("pk"):
        target = Target(result.name, result.planned, result.unit, result.at_most)
        if target.met(result.reached):
            told(result.project_id, MET, 1)
        if adds_up(target):
            measure = f"{target.name}（{target.unit}）" if target.unit else target.name
            told(result.project_id, measure, int(result.reached * _HUNDREDTHS))
    return found


def _households() -> dict[int, int]:
    """How many households the batches of each project have paid, as the bank said."""
    by_project = "batch__payment__claim__contract__project"
    rows = (
        Payment.objects.filter(status=PaymentStatus.PAID)
        .values_list(by_project)
        .annotate(households=Count("household_no", distinct=True))
    )
    return {project: households for project, households in rows if project is not None}


def _payers_of_batches() -> dict[int, dict[str, int]]:
    """Fen that batches paid and that did not come back, by project and department of the line."""
    rows = (
        ClaimShare.objects.filter(
            payment__isnull=False, claim__contract__basis=Basis.ROSTER, recovered_fen__lt=F("fen")
        )
        .values_list("claim__contract__project_id", "line__department")
        .annotate(fen=Sum(F("fen") - F("recovered_fen")))
        .order_by("claim__contract__project_id", "line__department")
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for project, department, fen in rows:
        found[project][department] = int(fen)
    return dict(found)


def adds_up(target: Target) -> bool:
    """Whether what several projects reached may be summed: amounts may, shares and limits may not."""
    return not target.at_most and target.unit not in _RATIOS and not target.name.endswith("率")


def sheet(rows: Sequence[Credit], targets: Sequence[str], lang: Lang) -> ReportSheet:
    """The merits as a sheet: a row a department, the sum last."""
    columns = [
        Column(Text("部门", "Department").to(lang)),
        Column(Text("已支付（元）", "Paid (yuan)").to(lang), "fen"),
        *(
            Column(words.to(lang), "fen" if measure == VALUE else "int")
            for measure, words in MEASURES.items()
        ),
        *(Column(target, "decimal") for target in targets),
    ]
    cells = [
        [
            row.name.to(lang),
            row.fen,
            *(units for _, units in row.figures),
            *row.reached,
        ]
        for row in rows
    ]
    return ReportSheet(Text("各记其功", "Everyone's merit").to(lang), columns, cells)
