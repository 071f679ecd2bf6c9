"""What others ask about places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q

from bangfu.books.places.models import Place
from bangfu.core import places


def inside(code: str, *, on: date | None = None) -> list[places.Place]:
    """The places in `code` and itself, in code order; with `on`, only those valid that day."""
    low, high = places.code_range(code)
    rows = Place.objects.filter(code__gte=low, code__lt=high).order_by("code")
    if on is not None:
        rows = rows.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
            Q(valid_to__isnull=True) | Q(valid_to__gt=on),
        )
    return [_as_core(row) for row in rows]


def above(code: str) -> list[places.Place]:
    """The places that `code` lies in, the largest first: what its name is written with."""
    codes = [places.ancestor(code, level) for level in places.Level if level < places.level(code)]
    return [_as_core(row) for row in Place.objects.filter(code__in=codes).order_by("code")]


def names(codes: Iterable[str]) -> dict[str, str]:
    """The names of places by code, those that the books know."""
    with connection.cursor() as cursor:
        cursor.execute("select code, name from places_place where code = any(%s)", [[*set(codes)]])
        return dict(cursor.fetchall())


def current_code(code: str) -> str:
    """The code a place has now: itself, or the end of its line of successors.

    Raises KeyError for a code the books do not have, ValueError when successors run in a circle.
    """
    seen: list[str] = []
    while code not in seen:
        seen.append(code)
        found = Place.objects.filter(code=code).values_list("successor", flat=True).first()
        if found is None:
            raise KeyError(code)
        if not found:
            return code
        code = found
    raise ValueError(f"successors run in a circle: {' → '.join([*seen, code])}")


def former_codes(*codes: str) -> list[str]:
    """The codes outside `codes`, near and far, whose places became part of them, in order.

    One statement, since every request asks it: each step looks the codes up that lead into a place or
    into what it took in, by the index of successors.
    """
    if not codes:
        return []
    ranges = [places.code_range(code) for code in codes]
    lows, highs = [low or "0" for low, _ in ranges], [high for _, high in ranges]
    with connection.cursor() as cursor:
        cursor.execute(_FORMER, [lows, highs, lows, highs])
        return [code for (code,) in cursor.fetchall()]


# `union` drops what was found before, so that a circle of successors ends.
_FORMER = """
with recursive former (low, high) as (
  select low, high from unnest(%s::text[], %s::text[]) as asked (low, high)
  union
  select own.low, own.low || ':'
  from former
  join places_place p on p.successor >= former.low and p.successor < former.high
  cross join lateral (select left(p.code, (array[2, 4, 6, 9, 12])[p.level]) as low) as own
)
select distinct rpad(low, 12, '0') as code from former
where not exists (
  select from unnest(%s::text[], %s::text[]) as asked (low, high)
  where former.low >= asked.low and former.low < asked.high)
order by code
"""


def _as_core(row: Place) -> places.Place:
    return places.Place(row.code, row.name, row.valid_from, row.valid_to, row.successor or None)
