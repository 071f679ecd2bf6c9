"""Draws of villages and projects that may stand in public: what makes them repeatable, at its time.

Which number will be the seed and the digests of the list stand as soon as the list is fixed; the seed once
it is drawn. The list itself, with whom it met, comes some days after the draw, so that nobody reads in
public that he will be inspected tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bangfu.books.publishing.copies import Content, County
from bangfu.books.publishing.models import DrawCopy, DrawLine, Kind
from bangfu.books.supervision.models import Plan, Purpose, Target, TargetKind
from bangfu.core.language import Text
from bangfu.core.policy.resolve import Policy
from bangfu.core.sheets.locate import short_name

_AFTER = "publishing.draw_list_after_days"


def contents(county: County, *, policy: Policy, today: date) -> Iterator[Content]:
    """Every draw of a county, as far as it may be public today."""
    for plan in Plan.objects.filter(place_code=county.place_code).order_by("pk"):
        listed_from = _listed_from(plan, policy)
        listed = listed_from is not None and listed_from <= today
        yield _content(plan, listed_from, _lines(county, plan) if listed else [])


def without_list(plan: Plan, *, policy: Policy) -> Content:
    """What is told of a draw at once. Holds no name."""
    return _content(plan, _listed_from(plan, policy), [])


def _listed_from(plan: Plan, policy: Policy) -> date | None:
    if plan.drawn_on is None:
        return None
    days = policy.value(_AFTER, place=plan.place_code, on=plan.drawn_on)
    return plan.drawn_on + timedelta(days=int(days.value))


def _content(plan: Plan, listed_from: date | None, lines: list[DrawLine]) -> Content:
    return Content(
        Kind.DRAW,
        f"draw {plan.pk}",
        plan.place_code,
        plan.year,
        _title(plan),
        [_head(plan, listed_from), *lines],
    )


def _title(plan: Plan) -> Text:
    when = f"{plan.year} 年第 {plan.quarter} 季度", f"{plan.year} quarter {plan.quarter}"
    if plan.purpose == Purpose.ACCEPTANCE:
        return Text(
            f"{when[0]}第 {plan.round_no} 次验收抽查",
            f"Sample for acceptance, {when[1]}, round {plan.round_no}",
        )
    return Text(f"{when[0]}督查抽取", f"Draw of the inspection, {when[1]}")


def _head(plan: Plan, listed_from: date | None) -> DrawCopy:
    return DrawCopy(
        place_code=plan.place_code,
        seed_source=plan.seed_source,
        seed=plan.seed,
        fixed_on=plan.fixed_on,
        drawn_on=plan.drawn_on,
        listed_from=listed_from,
        villages_by_risk=plan.villages_by_risk,
        villages_by_lot=plan.villages_by_lot,
        projects_by_risk=plan.projects_by_risk,
        projects_by_lot=plan.projects_by_lot,
        village_digest=plan.village_digest,
        project_digest=plan.project_digest,
    )


def _lines(county: County, plan: Plan) -> list[DrawLine]:
    return [
        DrawLine(
            **county.at(target.place_code),
            kind=target.kind,
            key=target.key,
            name=short_name(target.name)
            if target.kind == TargetKind.VILLAGE
            else county.known_as(target.key),
            weight=target.weight,
            chosen=target.chosen,
            turn=target.turn,
        )
        for target in Target.objects.filter(plan=plan).order_by("kind", "key")
    ]
