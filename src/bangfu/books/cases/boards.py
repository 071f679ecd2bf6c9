"""Cases and the notice board: what a step puts up, and what keeps the next one waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from bangfu.books.accounts.actors import Actor
from bangfu.books.cases.evidence import registered_poor
from bangfu.books.cases.models import Case, State
from bangfu.books.cases.subjects import KEPT
from bangfu.books.households.models import Household, Person, VillageProfile
from bangfu.books.notices import actions as notices
from bangfu.books.notices.models import Notice
from bangfu.books.notices.queries import Standing, Weight, standing, weighing
from bangfu.books.places.models import Place
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.notices import KINDS, last_day
from bangfu.core.workflow.model import Procedure, Step, Subject

HEAD = "户主"
VOTES = ("votes_for", "votes_against", "votes_abstained")
# The answers that a notice shows.
READS = ("monitored_class", "removal_mode", *VOTES)


def refusals(cases: Sequence[Case], today: date) -> dict[int, Text | None]:
    """By case, why the step after its notice must wait; None without a notice, or when it is over and
    answered. An objection that names people on the list stops their cases, any other stops all."""
    heads = _heads([case for case in cases if case.notice])
    standings = {
        subject: standing(subject, on=today) for subject in {c.notice for c in cases} - {""}
    }
    weights = {
        subject: weighing(subject, field="head")
        for subject, found in standings.items()
        if found is not None and found.over
    }
    return {
        case.pk: _refusal(
            standings[case.notice],
            weights.get(case.notice, ()),
            heads.get(str(case.household_id), ""),
        )
        if case.notice
        else None
        for case in cases
    }


def _refusal(found: Standing | None, weights: Sequence[Weight], head: str) -> Text | None:
    if found is None:
        return Text(
            "公示不在了（可能已撤回），请退回重新公示。",
            "The notice is gone (withdrawn?); return the case to put it up again.",
        )
    if not found.over:
        return runs_until(found.closes_on)
    mine = [each for each in weights if head not in each.spares]
    upheld = sum(each.upheld for each in mine)
    waiting = len(mine) - upheld
    if waiting:
        return Text(
            f"有 {waiting} 条异议还没有答复，答复后才能办理。",
            f"Objections not answered yet: {waiting}. Answer them first.",
        )
    if upheld:
        return Text(
            f"有 {upheld} 条异议成立，只能退回重办或撤回。",
            f"Objections upheld: {upheld}. Return the case or withdraw it.",
        )
    return None


def runs_until(last: date) -> Text:
    """Why the step waits while the notice is up."""
    return Text(
        f"公示到 {last} 为止，期满后才能办理。",
        f"The notice runs until {last}; the step is possible after that.",
    )


def in_reach(subject: str) -> bool:
    """Whether a notice about a subject, up or withdrawn, hangs at a place of the scope."""
    return Notice.objects.filter(subject=subject).exists()


def number_of(subject: str, today: date) -> int | None:
    """The number of the notice about a subject; None without one in reach."""
    found = standing(subject, on=today) if subject else None
    return found.notice_id if found else None


def publish(
    procedure: Procedure,
    step: Step,
    cases: Sequence[Case],
    answers: Mapping[int, Mapping[str, Any]],
    days: Mapping[str, int],
    by: Actor,
    now: datetime,
) -> tuple[dict[int, str], dict[int, date]]:
    """Put the cases up at the step's level, one notice a place; by case, its subject and its last day."""
    today = timezone.localdate(now)
    kind = KINDS[procedure.notice_kind]
    rows = _rows(procedure, cases, answers)
    at_place: dict[str, list[Case]] = {}
    for case in cases:
        board = places.ancestor(case.place_code, places.Level(step.notice_level))
        at_place.setdefault(board, []).append(case)
    names = dict(Place.objects.filter(code__in=list(at_place)).values_list("code", "name"))
    subjects: dict[int, str] = {}
    closes: dict[int, date] = {}
    for board, mine in at_place.items():
        first = mine[0]
        subject = f"case {first.pk} round {first.round_no} {step.id}"
        if len(mine) > 1:
            subject += f" and {len(mine) - 1} more"
        closes_on = last_day(today, max(days[case.place_code] for case in mine))
        name = names.get(board, "")
        notices.publish(
            by=by.username,
            kind=kind.code,
            place_code=board,
            subject=subject,
            title=Text(f"{name}{kind.name.zh}", f"{kind.name.en}: {name}"),
            rows=[rows[case.pk] for case in mine],
            opens_on=today,
            closes_on=closes_on,
            now=now,
        )
        for case in mine:
            subjects[case.pk], closes[case.pk] = subject, closes_on
    return subjects, closes


def take_down(cases: Sequence[Case], *, by: Actor, reason: str, now: datetime) -> None:
    """Take these cases off the board. A list that shows others too is put up again without them, under
    its subject and to its last day, so that the others' days and objections go on."""
    leaving: dict[str, list[Case]] = {}
    for case in cases:
        if case.notice:
            leaving.setdefault(case.notice, []).append(case)
    today = timezone.localdate(now)
    for notice in Notice.objects.filter(subject__in=list(leaving), withdrawn_at__isnull=True):
        mine = leaving[notice.subject]
        shared = (
            Case.objects.filter(notice=notice.subject)
            .exclude(pk__in=[case.pk for case in mine])
            .exists()
        )
        rows = _without(notice, mine) if shared else []
        if shared and (rows is None or notice.closes_on < today):
            continue  # over, so nothing of it is on the board; or the row cannot be told
        notices.withdraw(by=by.username, notice=notice, reason=reason, now=now)
        if rows:
            notices.publish(
                by=by.username,
                kind=notice.kind,
                place_code=notice.place_code,
                subject=notice.subject,
                title=Text(notice.title_zh, notice.title_en),
                rows=rows,
                opens_on=max(notice.opens_on, today),
                closes_on=notice.closes_on,
                now=now,
            )


def let_go(notice: Notice) -> None:
    """Cases whose notice was taken off stand with the work of who must put it up again, at once."""
    Case.objects.filter(notice=notice.subject, state=State.OPEN).update(notice_closes_on=None)


notices.WAITING.append(let_go)


def _without(notice: Notice, cases: Sequence[Case]) -> list[dict[str, str]] | None:
    """The rows of a notice without those of the cases, told by village and head; None when a case has
    no row that is surely its own."""
    rows = [
        dict(zip(notice.fields, cells, strict=True))
        for cells in notice.rows.order_by("position").values_list("cells", flat=True)
    ]
    heads = _heads(cases)
    villages = _villages(cases)
    for case in cases:
        known = {
            "village": villages.get(case.place_code, ""),
            "head": heads.get(str(case.household_id), ""),
            "project": case.title,
        }
        told = [name for name, value in known.items() if value and name in notice.fields]
        mine = [row for row in rows if told and all(row[name] == known[name] for name in told)]
        if len(mine) != 1:
            return None
        rows.remove(mine[0])
    return rows


def _rows(
    procedure: Procedure, cases: Sequence[Case], answers: Mapping[int, Mapping[str, Any]]
) -> dict[int, dict[str, str]]:
    """The row of each case: only what the kind of notice has a field for."""
    kind = KINDS[procedure.notice_kind]
    villages = _villages(cases)
    known = _known(procedure, cases)
    rows = {}
    for case in cases:
        given = answers[case.pk]
        values = {
            "village": villages.get(case.place_code, ""),
            **known[case.pk],
            "class": given.get("monitored_class") or known[case.pk].get("class", ""),
            "way": given.get("removal_mode", ""),
            **{name: str(given[name]) for name in VOTES if name in given},
        }
        rows[case.pk] = {
            name: value for name, value in values.items() if value and kind.field(name) is not None
        }
    return rows


def _known(procedure: Procedure, cases: Sequence[Case]) -> dict[int, dict[str, str]]:
    """By case, what the books know of its subject."""
    if procedure.subject in KEPT:
        return KEPT[procedure.subject].notice_rows(cases)
    if procedure.subject is Subject.HOUSEHOLD:
        return _of_households(cases)
    return {case.pk: _of_village(case.place_code) for case in cases}


def _villages(cases: Sequence[Case]) -> dict[str, str]:
    codes = {case.place_code for case in cases}
    return dict(Place.objects.filter(code__in=codes).values_list("code", "name"))


def _heads(cases: Sequence[Case]) -> dict[str, str]:
    """The head's name by household number."""
    numbers = [case.household_id for case in cases]
    named = Person.objects.filter(household_id__in=numbers, relation=HEAD)
    return {str(no): name or "" for no, name in named.values_list("household_id", "name")}


def _of_households(cases: Sequence[Case]) -> dict[int, dict[str, str]]:
    numbers = [case.household_id for case in cases]
    heads = _heads(cases)
    members = dict(
        Person.objects.filter(household_id__in=numbers)
        .values_list("household_id")
        .annotate(Count("pk"))
        .order_by()
    )
    classes = dict(
        Household.objects.filter(pk__in=numbers).values_list("household_no", "monitored_class")
    )
    return {
        case.pk: {
            "head": heads.get(str(case.household_id)) or "",
            "members": str(members.get(str(case.household_id), 0)),
            "class": classes.get(str(case.household_id)) or "",
        }
        for case in cases
    }


def _of_village(code: str) -> dict[str, str]:
    sheet = VillageProfile.objects.filter(place_code=code).order_by("-year").first()
    if sheet is None or not sheet.population:
        return {}
    incidence = registered_poor(code) / sheet.population
    return {"households": str(sheet.household_total or ""), "incidence": f"{incidence:.2%}"}
