"""What others ask about places."""

from __future__ import annotations

from datetime import date

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


def former_codes(code: str) -> list[str]:
    """The codes outside `code`, near and far, whose places became part of it."""
    former: list[str] = []
    wave = [code]
    while wave:
        became = Q()
        for place in wave:
            low, high = places.code_range(place)
            became |= Q(successor__gte=low or "0", successor__lt=high)
        rows = Place.objects.filter(became).values_list("code", flat=True)
        wave = sorted(
            found
            for found in rows
            if not any(places.contains(known, found) for known in (code, *former))
        )
        former += wave
    return former


def _as_core(row: Place) -> places.Place:
    return places.Place(row.code, row.name, row.valid_from, row.valid_to, row.successor or None)
