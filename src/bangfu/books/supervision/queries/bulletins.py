"""What a half-year bulletin tells, counted from the books."""

from __future__ import annotations

from collections import Counter
from datetime import date

from django.db.models import Q

from bangfu.books.places.queries import names
from bangfu.books.projects.models import Project
from bangfu.books.supervision.models import (
    Bulletin,
    Finding,
    Severity,
    SubjectKind,
    Target,
    Visit,
)
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text
from bangfu.core.sheets.locate import short_name
from bangfu.core.supervision.bulletin import Figures, UnitLine
from bangfu.core.supervision.findings import State, half_year

NO_SUCH_BULLETIN = Text(
    "没有这份通报，或者它不在您的范围内。", "There is no such bulletin, or it is not yours to see."
)
MOST_EXAMPLES = 5
_GRAVEST = (Severity.GRAVE, Severity.SERIOUS, Severity.ORDINARY)


def bulletin_found(bulletin_id: int) -> Bulletin:
    """The bulletin, when the scope sees it. NotFoundError otherwise."""
    found = Bulletin.objects.filter(pk=bulletin_id).first()
    if found is None:
        raise NotFoundError(NO_SUCH_BULLETIN)
    return found


def figures(county: str, year: int, half: int, *, on: date) -> Figures:
    """The figures of a county's half year as they stand on a day."""
    low, high = places.code_range(county)
    inside = Q(place_code__gte=low, place_code__lt=high)
    first, last = half_year(year, half)
    drawn = Target.objects.filter(
        inside, plan__year=year, plan__quarter__in=(2 * half - 1, 2 * half)
    ).exclude(chosen="")
    found = list(Finding.objects.filter(inside, found_on__range=(first, last)).order_by("pk"))
    severities = Counter(finding.severity for finding in found)
    subjects = Counter(finding.subject_kind for finding in found)
    closed = sum(finding.state == State.CLOSED for finding in found)
    return Figures(
        county=names([county]).get(county, county),
        year=year,
        half=half,
        drawn=drawn.count(),
        drawn_seen=drawn.filter(visits__isnull=False).distinct().count(),
        visits=Visit.objects.filter(inside, visited_on__range=(first, last)).count(),
        found={severity.label: severities[severity] for severity in _GRAVEST},
        subjects={kind.label: subjects[kind] for kind in SubjectKind},
        closed=closed,
        open=len(found) - closed,
        units=_units(found, on),
        examples=_examples(found),
    )


def _units(found: list[Finding], on: date) -> list[UnitLine]:
    by_unit: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.unit:
            by_unit.setdefault(finding.unit, []).append(finding)
    return [
        UnitLine(
            unit,
            len(theirs),
            sum(one.state == State.CLOSED for one in theirs),
            sum(
                one.state == State.ORDERED and one.due_on is not None and one.due_on < on
                for one in theirs
            ),
            sum(one.rounds > 1 for one in theirs),
        )
        for unit, theirs in sorted(by_unit.items())
    ]


def _examples(found: list[Finding]) -> list[str]:
    """The gravest findings on projects and villages, each with its place and subject."""
    told = [one for one in found if one.subject_kind in (SubjectKind.PROJECT, SubjectKind.VILLAGE)]
    told.sort(key=lambda one: (_GRAVEST.index(Severity(one.severity)), one.pk))
    told = told[:MOST_EXAMPLES]
    villages = names({one.place_code for one in told})
    projects = Project.objects.in_bulk({one.project_id for one in told if one.project_id})
    lines = []
    for one in told:
        where = short_name(villages.get(one.place_code, one.place_code))
        what = projects[one.project_id].name if one.project_id in projects else ""
        lines.append(f"{where}{what}：{one.what.rstrip('。；')}")
    return lines
