"""Monthly, quarterly and yearly summaries of a place and of what lies below, with the change since the
period before.

A figure is counted from dated rows: the same query counts it, place by place, and lists the rows behind
it. A period that was closed is read as it was published then; another is counted as of its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Count, Model, Q, QuerySet

from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.cases.models import Case, Registration, State
from bangfu.books.desk.models import Summary
from bangfu.books.households.actions.happening import ARRIVALS, DEPARTURES
from bangfu.books.households.models import Happening, Household, Person
from bangfu.books.households.spells import relapsed
from bangfu.books.journal import actions as journal
from bangfu.books.notices.models import Notice
from bangfu.books.places import queries as places_read
from bangfu.core import places
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text
from bangfu.core.periods import Span, month_of

NOT_OVER = Text(
    "这一期还没有结束，结束后才能结账。",
    "This period is not over yet; it can be closed after its last day.",
)
CLOSED = Text(
    "这一期已经结账，公布的数不再改。", "This period is closed; what was published stays."
)
NOT_KNOWN = Text("账本从之后才开始记录", "the books began after that")
Days = tuple[date, date]  # the first and the last day counted
Counts = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `rows` are what it counts in (first, last day); a `state` is that of the last day.

    `past`, where the rows themselves do not tell their past, names the history that does, and the
    column that a thing is known by over its versions.
    """

    name: str
    text: Text
    rows: Callable[[Days], QuerySet[Model]]
    state: bool = False
    past: tuple[str, str] | None = None


def _begun(days: Days) -> Q:
    """Spells of monitoring that began by the last day."""
    return Q(identified_month__lte=month_of(days[1])) | Q(identified_month__isnull=True)


def _monitored(days: Days) -> QuerySet[Model]:
    return Household.objects.filter(
        _begun(days) | Q(pk__in=relapsed(_begun(days))), monitored_class__isnull=False
    )


def _at_risk(days: Days) -> QuerySet[Model]:
    later = Q(removed_month__gt=month_of(days[1]))
    open_now = Q(risk_removed__isnull=True) | Q(risk_removed=False)
    return Household.objects.filter(
        (_begun(days) & (open_now | later)) | Q(pk__in=relapsed(_begun(days) & later)),
        monitored_class__isnull=False,
    )


def _decided(field: str, days: Days) -> Q:
    """Spells whose month in `field` lies within the days."""
    return Q((f"{field}__range", (month_of(days[0]), month_of(days[1]))))


def _identified(days: Days) -> QuerySet[Model]:
    within = _decided("identified_month", days)
    return Household.objects.filter(
        within | Q(pk__in=relapsed(within)), monitored_class__isnull=False
    )


def _removed(days: Days) -> QuerySet[Model]:
    within = _decided("removed_month", days)
    return Household.objects.filter(Q(within, risk_removed=True) | Q(pk__in=relapsed(within)))


def _happened(kinds: Mapping[str, Text]) -> Callable[[Days], QuerySet[Model]]:
    return lambda days: Happening.objects.filter(kind__in=list(kinds), happened_on__range=days)


FIGURES = (
    Figure(
        "households",
        Text("户", "Households"),
        lambda days: Household.objects.all(),
        state=True,
        past=("households_householdhistory", "household_no"),
    ),
    Figure(
        "people",
        Text("人", "People"),
        lambda days: Person.objects.all(),
        state=True,
        past=("households_personhistory", "household_no, person_no"),
    ),
    Figure("monitored", Text("监测对象（户）", "Monitored households"), _monitored, state=True),
    Figure("at_risk", Text("风险未消除（户）", "Risk not removed"), _at_risk, state=True),
    Figure(
        "under_way",
        Text("没有结束的措施", "Measures not ended"),
        lambda days: Measure.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gt=days[1]), agreed_on__lte=days[1]
        ),
        state=True,
    ),
    Figure(
        "identified",
        Text("新识别（户）", "Newly recognised"),
        _identified,
    ),
    Figure(
        "removed",
        Text("风险消除（户）", "Risk removed"),
        _removed,
    ),
    Figure("arrivals", Text("新增人口", "Members arrived"), _happened(ARRIVALS)),
    Figure("departures", Text("减少人口", "Members left"), _happened(DEPARTURES)),
    Figure(
        "agreed",
        Text("商定措施", "Measures agreed"),
        lambda days: Measure.objects.filter(agreed_on__range=days),
    ),
    Figure(
        "ended",
        Text("完成措施", "Measures ended"),
        lambda days: Measure.objects.filter(ended_on__range=days),
    ),
    Figure(
        "visits",
        Text("走访", "Visits"),
        lambda days: Visit.objects.filter(visited_on__range=days),
    ),
    Figure(
        "opened",
        Text("新开个案", "Cases opened"),
        lambda days: Case.objects.filter(opened_on__range=days),
    ),
    Figure(
        "done",
        Text("办结个案", "Cases done"),
        lambda days: Case.objects.filter(state=State.DONE, ended_on__range=days),
    ),
    Figure(
        "notices",
        Text("开始公示", "Notices put up"),
        lambda days: Notice.objects.filter(opens_on__range=days),
    ),
    Figure(
        "registered",
        Text("建档立卡（户）", "Registered as poor"),
        lambda days: Registration.objects.filter(registered_on__range=days),
    ),
    Figure(
        "exited",
        Text("脱贫退出（户）", "Exited"),
        lambda days: Registration.objects.filter(exited_on__range=days),
    ),
)
BY_NAME = {figure.name: figure for figure in FIGURES}


@dataclass(frozen=True, slots=True)
class Told:
    """A figure now and in the period before; None where the books cannot tell."""

    figure: Figure
    now: int | None
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.now is None or self.before is None else self.now - self.before


@dataclass(frozen=True, slots=True)
class Line:
    """A place with all its figures."""

    code: str
    name: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The summary of a place: its own line and those a level below. `closed` is when it was published,
    `until` the day it was counted to."""

    span: Span
    own: Line
    below: tuple[Line, ...]
    until: date
    closed: Summary | None
    before_closed: Summary | None


def days_of(span: Span, today: date) -> Days:
    """The days that a period counts: all of them, or those up to today."""
    return span.first, min(span.last, today)


def summary_of(code: str, span: Span, *, today: date) -> Sheet:
    """The summary of a place and of the places one level below."""
    names = {place.code: place.name for place in _listed(code)}
    now, closed = _figures(code, list(names), span, today)
    before, before_closed = _figures(code, list(names), span.before, today)
    lines = [
        Line(
            place,
            name,
            tuple(Told(f, now[place].get(f.name), before[place].get(f.name)) for f in FIGURES),
        )
        for place, name in names.items()
    ]
    return Sheet(span, lines[0], tuple(lines[1:]), days_of(span, today)[1], closed, before_closed)


def own_figures(code: str, span: Span, *, today: date) -> tuple[Told, ...]:
    """A place's own figures of a period, without the one before."""
    now, _ = _figures(code, [code], span, today)
    return tuple(Told(figure, now[code].get(figure.name), None) for figure in FIGURES)


def changes_this_month(code: str, *, today: date) -> tuple[Told, ...]:
    """What changed in a place this month, beside the month before: the figures that dated rows tell."""
    span = Span.month_of(today)
    figures = [figure for figure in FIGURES if figure.past is None]
    now = _counted(code, [code], days_of(span, today), today, figures)[code]
    before, _ = _figures(code, [code], span.before, today, figures)
    return tuple(Told(f, now[f.name], before[code].get(f.name)) for f in figures)


def rows_of(figure: Figure, code: str, span: Span, *, today: date) -> QuerySet[Model] | None:
    """What a figure counts, as the books have it now; None where only its past number is known."""
    if figure.past and span.last < today:
        return None
    return _inside(figure.rows(days_of(span, today)), code)


@transaction.atomic
def close_period(*, by: str, place_code: str, span: Span, today: date, now: datetime) -> int:
    """Publish a period's figures of a county and of every place in it; gives how many places.

    The scope must give persons of the county. ConflictError when the period is not over, or is closed.
    """
    if span.last >= today:
        raise ConflictError(NOT_OVER)
    if Summary.objects.filter(place_code=place_code, period=span.code).exists():
        raise ConflictError(CLOSED)
    codes = [place.code for place in places_read.inside(place_code)]
    counted = _counted(place_code, codes, days_of(span, today), today)
    Summary.objects.bulk_create(
        [
            Summary(
                place_code=code, period=span.code, figures=counted[code], made_at=now, made_by=by
            )
            for code in codes
        ],
        batch_size=500,
    )
    journal.write(
        by=by,
        place_code=place_code,
        verb="desk.close_period",
        subject=f"period {span.code}",
        after={"places": len(codes), **counted[place_code]},
    )
    return len(codes)


def closed_periods(code: str) -> list[Summary]:
    """The published summaries of a place, the latest period first."""
    return list(Summary.objects.filter(place_code=code).order_by("-period"))


def _listed(code: str) -> list[places.Place]:
    """The place itself, then those one level below it."""
    own = places.level(code)
    below = [place for place in places_read.inside(code) if place.level == own + 1]
    name = places_read.names([code]).get(code, code)
    return [places.Place(code, name), *below]


def _figures(
    code: str, codes: list[str], span: Span, today: date, figures: Sequence[Figure] = FIGURES
) -> tuple[dict[str, Counts], Summary | None]:
    """The figures of places in a period: as published, else counted; and what was published."""
    published = {
        row.place_code: row
        for row in Summary.objects.filter(place_code__in=codes, period=span.code)
    }
    if code in published:
        found = {place: published[place].figures if place in published else {} for place in codes}
        return found, published[code]
    return _counted(code, codes, days_of(span, today), today, figures), None


def _counted(
    code: str, codes: list[str], days: Days, today: date, figures: Sequence[Figure] = FIGURES
) -> dict[str, Counts]:
    """The figures of places inside `code`, counted from the books."""
    found: dict[str, Counts] = {place: {} for place in codes}
    for figure in figures:
        if figure.past and days[1] < today:
            by_place = _count_past(figure.past, code, days[1])
        else:
            rows = _inside(figure.rows(days), code).order_by()
            by_place = Counter(dict(rows.values_list("place_code").annotate(Count("pk"))))
        for place in codes:
            found[place][figure.name] = (
                None
                if by_place is None
                else sum(n for lies, n in by_place.items() if places.contains(place, lies))
            )
    return found


def _inside(rows: QuerySet[Model], code: str) -> QuerySet[Model]:
    low, high = places.code_range(code)
    return rows.filter(place_code__gte=low, place_code__lt=high)


# The last version of each thing up to the end of a day. One that moved on to another place since that
# version is not of this place any more, though its later versions may lie outside the scope.
_PAST = """
select place_code, count(*) from (
  select distinct on ({key}) place_code, pgh_label, household_no, pgh_created_at
  from {history}
  where place_code >= %(low)s and place_code < %(high)s and pgh_created_at < %(end)s
  order by {key}, pgh_id desc) as last
where pgh_label <> 'delete' and not exists (
  select from crossing_moveoffer o
  where o.household_no = last.household_no and o.from_place = last.place_code
    and o.state = 'accepted' and o.answered_at >= last.pgh_created_at and o.answered_at < %(end)s)
group by place_code
"""


def _count_past(past: tuple[str, str], code: str, day: date) -> Counter[str] | None:
    """How many there were at the end of a past day by place; None when the books began later."""
    history, key = past
    low, high = places.code_range(code)
    named = {"low": low, "high": high, "end": f"{day.isoformat()} 24:00 Asia/Shanghai"}
    with connection.cursor() as cursor:
        cursor.execute(
            f"select exists (select from {history} where place_code >= %(low)s"
            " and place_code < %(high)s and pgh_created_at < %(end)s)",
            named,
        )
        [(began,)] = cursor.fetchall()
        if not began:
            return None
        cursor.execute(_PAST.format(history=history, key=key), named)
        return Counter(dict(cursor.fetchall()))
