"""What pages, documents and the plan read of the funds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from bangfu.books.funds.models import Balance, FundLine, ShareRule
from bangfu.core.ledger.stages import HELD, Stage

_HELD = sorted(stage.value for stage in HELD)


@dataclass(frozen=True, slots=True)
class LineBalance:
    """One line in fen. `announced_fen` is all quota that came, `spendable_fen` what of it is free.

    What is pledged is shown beside and is no part of either. `received_fen` is all cash that came.
    """

    number: str
    name: str
    fund_class: str
    level: str
    department: str
    poolable: bool
    pledged_fen: int
    announced_fen: int
    spendable_fen: int
    allocated_fen: int
    received_fen: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What one line gives one project, as the ledger holds it."""

    line: str
    project: str
    project_name: str
    place_code: str
    fen: int


@dataclass(frozen=True, slots=True)
class VillageAmount:
    """What is allocated to the projects of one place."""

    place_code: str
    projects: int
    fen: int


def balances_by_line(place_code: str) -> list[LineBalance]:
    """Every line of a county with its amounts, by number."""
    lines = FundLine.objects.filter(place_code=place_code).annotate(
        pledged=_amount(Stage.PLEDGED),
        source=_amount(Stage.SOURCE),
        spendable=_amount(Stage.ANNOUNCED),
        allocated=Coalesce(Sum("balances__amount", filter=Q(balances__stage__in=_HELD)), 0),
        treasury=_amount(Stage.TREASURY),
    )
    return [
        LineBalance(
            number=line.number,
            name=line.name,
            fund_class=line.fund_class,
            level=line.level,
            department=line.department,
            poolable=line.poolable,
            pledged_fen=int(line.pledged),
            # The outside accounts tell all that ever came in, as a negative amount.
            announced_fen=int(-line.source - line.pledged),
            spendable_fen=int(line.spendable),
            allocated_fen=int(line.allocated),
            received_fen=int(-line.treasury),
        )
        for line in lines.order_by("number")
    ]


def balances_by_project(place_code: str) -> list[Piece]:
    """What each line gives each project in a county, by project and line."""
    rows = (
        Balance.objects.filter(place_code=place_code, stage__in=_HELD)
        .values_list("line__number", "project__number", "project__name", "project__place_code")
        .annotate(fen=Sum("amount"))
        .filter(fen__gt=0)
        .order_by("project__number", "line__number")
    )
    return [Piece(line, project, name, place, int(fen)) for line, project, name, place, fen in rows]


def balances_by_village(place_code: str) -> list[VillageAmount]:
    """What is allocated in each place that has a funded project, by place code."""
    rows = (
        Balance.objects.filter(place_code=place_code, stage__in=_HELD, amount__gt=0)
        .values_list("project__place_code")
        .annotate(projects=Count("project", distinct=True), fen=Sum("amount"))
        .order_by("project__place_code")
    )
    return [VillageAmount(place, projects, int(fen)) for place, projects, fen in rows]


def lines_for_problem(place_code: str, year: int | None = None) -> list[dict[str, Any]]:
    """The fund lines of an allocation problem (its contract's `fund_lines`), by number.

    The amount is what is announced and free: pledged money is never planned with.
    """
    lines = FundLine.objects.filter(place_code=place_code).annotate(
        spendable=_amount(Stage.ANNOUNCED)
    )
    if year is not None:
        lines = lines.filter(year=year)
    rules: dict[int, list[dict[str, Any]]] = {}
    for rule in ShareRule.objects.filter(place_code=place_code).order_by("pk"):
        bound = "at_least" if rule.at_least is not None else "at_most"
        share = {"purposes": rule.purposes, bound: str(getattr(rule, bound).normalize())}
        rules.setdefault(rule.line_id, []).append(share)
    return [
        {
            "id": line.number,
            "name": line.name,
            "amount_fen": int(line.spendable),
            "purposes": _any(line.purposes),
            "areas": _any(line.areas),
            "beneficiaries": _any(line.beneficiaries),
            "poolable": line.poolable,
            "share_rules": rules.get(line.pk, []),
        }
        for line in lines.order_by("number")
    ]


def problem_hash(problem: Mapping[str, Any]) -> str:
    """SHA-256 of a problem document in canonical JSON, by which a plan names what it answers."""
    text = json.dumps(problem, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _amount(stage: Stage) -> Coalesce:
    return Coalesce(Sum("balances__amount", filter=Q(balances__stage=stage.value)), 0)


def _any(names: list[str] | None) -> list[str] | str:
    return "*" if names is None else names
