"""Typed totals in the books: what a project's financing says, held against its parts and its amount."""

from __future__ import annotations

from dataclasses import dataclass

from bangfu.books.projects.models import Project
from bangfu.core.indicators import consistency
from bangfu.core.indicators.consistency import Check, Kind
from bangfu.core.indicators.figures import MONEY, Figure, figures
from bangfu.core.indicators.published import read
from bangfu.core.money import FEN_PER_YUAN, format_yuan


@dataclass(frozen=True, slots=True)
class Typed:
    """A check of what somebody typed about a project."""

    project: Project
    check: Check


def fights(county: str, year: int) -> list[Typed]:
    """What is typed of a county's projects of a year and does not agree, by project number."""
    projects = Project.objects.filter(county_code=county, year=year).exclude(financing="")
    return [
        Typed(project, check)
        for project in projects.order_by("number")
        for check in checks(project)
        if not check.agrees
    ]


def checks(project: Project) -> list[Check]:
    """A project's words about its financing: their totals, and the first sum against its amount."""
    found = read(project.financing)
    sums = [one for one in figures(project.financing) if one.dimension == MONEY]
    totals = [check.stated for check in found if check.kind in (Kind.TOTAL, Kind.AT_MOST)]
    stated = next((one for one in totals if one.dimension == MONEY), None)
    if stated is None and len(sums) == 1:
        stated = sums[0]
    if stated is not None:
        found.append(consistency.total(stated, [_amount(project)], project.number))
    return found


def _amount(project: Project) -> Figure:
    """The amount in the bank, exact."""
    yuan, fen = divmod(project.cost_fen, FEN_PER_YUAN)
    written = f"{format_yuan(project.cost_fen)} 元" if fen else f"{yuan:,} 元"
    return consistency.exact(written, project.cost_fen, FEN_PER_YUAN)
