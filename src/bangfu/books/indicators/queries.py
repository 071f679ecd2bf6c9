"""The plain rows of a county's year, and the rates reckoned from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Sum

from bangfu.books.funds import standing
from bangfu.books.funds.models import Balance, Entry, FundLine, PlanItem, PlanStatus, ShareRule
from bangfu.books.places import queries as places_read
from bangfu.books.projects.models import KeyVillage, Project
from bangfu.books.projects.queries.bank import twins
from bangfu.core import places
from bangfu.core.indicators import bounds, facts
from bangfu.core.indicators.model import Reading
from bangfu.core.indicators.rates import rates
from bangfu.core.ledger.stages import HELD, Stage
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.locate import short_name

Pair = tuple[int, int]


def readings(county: str, year: int, *, on: date, policy: Policy) -> list[Reading]:
    """Every rate of a county's year, as the books stand now; cut-offs are those up to `on`."""
    return rates(year_facts(county, year, on=on, policy=policy), policy)


def years(county: str) -> list[int]:
    """The years of which the county has fund lines, the latest first."""
    found = FundLine.objects.filter(place_code=county).order_by("-year")
    return list(found.values_list("year", flat=True).distinct())


def year_facts(county: str, year: int, *, on: date, policy: Policy) -> facts.YearFacts:
    """What the rates of a county's year are reckoned from."""
    agreed = _agreed(county, year)
    lines = list(
        standing.lines()
        .filter(place_code=county)
        .filter(pk__in={line for line, _ in agreed} | _of_year(county, year))
        .order_by("number")
    )
    line_years = {line.pk: line.year for line in lines}
    held = {
        pair: fen
        for pair, fen in _held(county, list(line_years)).items()
        if line_years[pair[0]] == year or pair in agreed
    }
    pairs = sorted(agreed.keys() | held.keys())
    return facts.YearFacts(
        county,
        year,
        on,
        _lines(lines, bounds.cut_offs(policy, place=county, year=year, on=on)),
        _projects({project for _, project in pairs}),
        [
            facts.Piece(
                str(line),
                str(project),
                agreed.get((line, project), 0),
                held.get((line, project), 0),
            )
            for line, project in pairs
        ],
        _villages(county, year),
        twins(place_code=county, year=year, policy=policy, on=on),
    )


def _of_year(county: str, year: int) -> set[int]:
    return set(FundLine.objects.filter(place_code=county, year=year).values_list("pk", flat=True))


def _agreed(county: str, year: int) -> dict[Pair, int]:
    """What the year's plans agree, by line and project. An amendment counts once it is posted."""
    items = PlanItem.objects.filter(plan__place_code=county, plan__year=year)
    counted = items.filter(plan__status=PlanStatus.POSTED) | items.filter(
        plan__status=PlanStatus.APPROVED, plan__amends=None
    )
    rows = counted.values_list("line_id", "project_id").annotate(fen=Sum("fen"))
    return {(line, project): int(fen) for line, project, fen in rows}


def _held(county: str, lines: Sequence[int]) -> dict[Pair, int]:
    rows = (
        Balance.objects.filter(
            place_code=county, line_id__in=lines, stage__in=[stage.value for stage in HELD]
        )
        .values_list("line_id", "project_id")
        .annotate(fen=Sum("amount"))
        .filter(fen__gt=0)
    )
    return {(line, project): int(fen) for line, project, fen in rows}


def _lines(lines: Sequence[FundLine], cut_offs: Sequence[tuple[date, object]]) -> list[facts.Line]:
    paid_by: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for day, _ in cut_offs:
        paid = (
            Entry.objects.filter(line__in=lines, stage=Stage.PAID.value, posting__day__lte=day)
            .values_list("line_id")
            .annotate(fen=Sum("fen"))
        )
        for line_id, fen in paid:
            paid_by[line_id].append((day, int(fen)))
    owing = set(
        ShareRule.objects.filter(line__in=lines, at_least__isnull=False).values_list(
            "line_id", flat=True
        )
    )
    return [
        facts.Line(
            str(line.pk),
            f"{line.number} {line.name}",
            line.year,
            int(line.announced),
            int(line.received),
            int(line.paid),
            tuple(paid_by[line.pk]),
            line.pk in owing,
        )
        for line in lines
    ]


def _projects(ids: set[int]) -> list[facts.Project]:
    return [
        facts.Project(
            str(project.pk),
            project.number,
            project.name,
            project.place_code,
            project.purpose,
            project.department,
            project.cost_fen,
            project.finished_on is not None,
            bool(project.stage),
        )
        for project in Project.objects.filter(pk__in=ids).order_by("number")
    ]


def _villages(county: str, year: int) -> list[facts.Village]:
    low, high = places.code_range(county)
    rows = list(
        KeyVillage.objects.filter(place_code__gte=low, place_code__lt=high, year=year).order_by(
            "place_code"
        )
    )
    names = places_read.names(row.place_code for row in rows)
    return [
        facts.Village(
            row.place_code,
            short_name(names.get(row.place_code, row.place_code)),
            row.registered_households,
            row.last_year_fen,
        )
        for row in rows
    ]
