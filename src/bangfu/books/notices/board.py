"""The board as the public sees it: every read and the one objection go by the alias `public`.

Its role selects open notices and nothing else, so nothing here asks what is open: what it finds is.
Call these inside `public_door.public_page`, which opens the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import connections
from django.db.models import CharField, Count, F, Max, QuerySet, Value
from django.db.models.functions import Concat, ExtractMonth, ExtractYear, Substr

from bangfu.books.notices.actions import OBJECTOR, PHONE
from bangfu.books.notices.models import Notice, Row
from bangfu.books.walls.guarded import sealed, token
from bangfu.core import notices, places
from bangfu.core.language import Text

ALIAS = "public"
# Where the board stands on the site, in each language: an address says which, no cookie does.
CHINESE = "public/"
ENGLISH = "public/en/"
PER_PAGE = 50
_NAMES = {
    places.Level.COUNTY: "county",
    places.Level.TOWNSHIP: "township",
    places.Level.VILLAGE: "village",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with open notices in it."""

    code: str
    name: str
    notices: int


@dataclass(frozen=True, slots=True)
class Posted:
    """One open notice."""

    id: int
    kind: notices.Kind
    place_code: str
    names: tuple[str, ...]
    title: Text
    fields: tuple[str, ...]
    opens_on: date
    closes_on: date

    @property
    def place(self) -> str:
        """The place in words, from the county down."""
        return " ".join(self.names)

    @property
    def days(self) -> int:
        """How long it stands; the day it is put up does not count."""
        return (self.closes_on - self.opens_on).days

    def crumbs(self) -> list[Spot]:
        """The places from the county down, the notice's own included."""
        return _line(self.place_code, self.names)


class Outcome(StrEnum):
    """What the objection function answers."""

    FILED = "filed"
    WAITING = "waiting"
    ANSWERED = "answered"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an objection; the later fields are filled as far as it has come."""

    outcome: Outcome
    receipt: str | None
    received_on: date | None
    answer: str | None
    upheld: bool | None
    answered_on: date | None


def counties() -> list[Spot]:
    """The counties that have open notices."""
    return _spots(_open(), places.Level.COUNTY)


def below(code: str) -> list[Spot]:
    """The places right below a county or township that have open notices."""
    own = level_of(code)
    if own is places.Level.VILLAGE:
        return []
    return _spots(_inside(code), places.Level(own + 1))


def line_to(code: str) -> list[Spot]:
    """A place and those above it, from the county down; empty when nothing is open in it."""
    found = _inside(code).values_list("county", "township", "village").first()
    if found is None:
        return []
    return _line(code, found[: level_of(code) - places.Level.COUNTY + 1])


def months(code: str) -> list[tuple[int, int]]:
    """The months, latest first, in which open notices of a place opened: (year, month)."""
    rows = _inside(code).annotate(y=ExtractYear("opens_on"), m=ExtractMonth("opens_on"))
    return list(rows.values_list("y", "m").distinct().order_by("-y", "-m"))


def listed(code: str, *, month: tuple[int, int] | None = None, page: int = 1) -> list[Posted]:
    """Open notices of a place and the places below, the latest first, and one more than a page."""
    query = _inside(code)
    if month is not None:
        query = query.filter(opens_on__year=month[0], opens_on__month=month[1])
    start = (page - 1) * PER_PAGE
    rows = query.order_by("-opens_on", "-pk")[start : start + PER_PAGE + 1]
    return [_posted(row) for row in rows if row.kind in notices.KINDS]


def notice(notice_id: int) -> Posted | None:
    """One open notice; None when there is none, it is over, withdrawn or not open yet."""
    found = _open().filter(pk=notice_id).first()
    return _posted(found) if found is not None and found.kind in notices.KINDS else None


def table(posted: Posted) -> tuple[list[notices.Field], list[list[Text]]]:
    """The columns of a notice and its rows, as they are shown. Only fields the kind still allows."""
    rows = (
        Row.objects.using(ALIAS)
        .filter(notice_id=posted.id)
        .order_by("position")
        .values_list("cells", flat=True)
    )
    return shown(posted.kind, posted.fields, rows)


def shown(
    kind: notices.Kind, keys: Iterable[str], rows: Iterable[list[str]]
) -> tuple[list[notices.Field], list[list[Text]]]:
    """Columns and rows in both languages; a stored field that the kind no longer allows is left out."""
    places_of = [(at, field) for at, key in enumerate(keys) if (field := kind.field(key))]
    fields = [field for _, field in places_of]
    return fields, [[field.shown(cells[at]) for at, field in places_of] for cells in rows]


def object_to(
    notice_id: int, *, grounds: str, objector: str, phone: str, source: str, submission: str
) -> Receipt:
    """File an objection. `source` is the sender's address, kept as a keyed token only."""
    [name] = sealed([objector or None], OBJECTOR)
    [number] = sealed([phone or None], PHONE)
    kept = token(f"address {source}")
    return _call([None, notice_id, grounds, name, number, kept, submission])


def ask(receipt: str) -> Receipt:
    """What became of the objection with this receipt number."""
    return _call([receipt, None, None, None, None, None, None])


def level_of(code: str) -> places.Level:
    """County, township or village: a prefecture whose townships lie right below counts as a county."""
    return max(places.level(code), places.Level.COUNTY)


def _call(arguments: list[object]) -> Receipt:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(
            "select outcome, receipt, received_on, answer, upheld, answered_on"
            " from notices_objection(%s::text, %s::bigint, %s::text, %s::bytea, %s::bytea,"
            " %s::text, %s::text)",
            arguments,
        )
        [(outcome, *rest)] = cursor.fetchall()
    return Receipt(Outcome(outcome), *rest)


def _open() -> QuerySet[Notice]:
    return Notice.objects.using(ALIAS).only(*Notice.public_reads)


def _inside(code: str) -> QuerySet[Notice]:
    digits = code[: places.DIGITS[level_of(code)]]
    return _open().filter(place_code__gte=digits, place_code__lt=f"{digits}:")


def _spots(query: QuerySet[Notice], level: places.Level) -> list[Spot]:
    digits, name = places.DIGITS[level], _NAMES[level]
    rest = Value("0" * (places.CODE_LENGTH - digits), output_field=CharField())
    rows = (
        query.exclude(**{name: ""})
        .annotate(at=Concat(Substr("place_code", 1, digits), rest))
        .values("at")
        .annotate(called=Max(F(name)), number=Count("pk"))
        .order_by("at")
    )
    return [Spot(row["at"], row["called"], row["number"]) for row in rows]


def _line(code: str, names: Iterable[str]) -> list[Spot]:
    return [
        Spot(places.ancestor(code, level), name, 0)
        for level, name in zip(_NAMES, names, strict=False)
        if name
    ]


def _posted(row: Notice) -> Posted:
    return Posted(
        row.pk,
        notices.KINDS[row.kind],
        row.place_code,
        tuple(name for name in (row.county, row.township, row.village) if name),
        Text(row.title_zh, row.title_en),
        tuple(row.fields),
        row.opens_on,
        row.closes_on,
    )
