"""What the month's close would seal, to be looked at before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from bangfu.books.funds.models import Entry, MonthSeal, Posting
from bangfu.core.errors import ConflictError, InputError, Problem
from bangfu.core.language import Text
from bangfu.core.ledger.stages import OUTSIDE, STAGE_LABELS, Stage
from bangfu.core.periods import Span, is_month, month_of


@dataclass(frozen=True, slots=True)
class Moved:
    """What came to a stage and left it, in fen, and in how many movements."""

    label: Text
    movements: int
    came_fen: int
    left_fen: int


@dataclass(frozen=True, slots=True)
class MovedLine:
    """A fund line with how many postings are of it."""

    pk: int
    number: str
    name: str
    postings: int


@dataclass(frozen=True, slots=True)
class ToSeal:
    """The postings that a seal of `month` closes: all since the month sealed before, if any was."""

    month: Span
    last: Span | None
    postings: int
    stages: Sequence[Moved]
    lines: Sequence[MovedLine]


def span_of(month: int) -> Span:
    """A month written YYYYMM."""
    return Span(month // 100, month % 100, 1)


def last_over(today: date) -> int:
    """The month before today's, as YYYYMM: the last that can be sealed."""
    return month_of(Span.month_of(today).before.first)


def require_over(month: int, today: date) -> None:
    """InputError unless a month (YYYYMM) is over: what is paid on its last day is part of it."""
    if not is_month(month):
        text = Text(
            f"{month} 不是月份，应如 2026-11。", f"{month} is not a month; write it as 2026-11."
        )
    elif month > last_over(today):
        span = span_of(month)
        opens = span.last + timedelta(days=1)
        text = Text(
            f"{span.text.zh}还没有过完，{opens} 起才能封账。",
            f"{span.text.en} is not over; it can be sealed from {opens} on.",
        )
    else:
        return
    raise InputError(text, [Problem("month", text, str(month))])


def to_seal(*, place_code: str, month: int, today: date) -> ToSeal:
    """What sealing a month would close now.

    InputError for a month that is not over, ConflictError for one that is sealed, itself or by a later one.
    """
    require_over(month, today)
    sealed = MonthSeal.objects.filter(place_code=place_code).aggregate(last=Max("month"))["last"]
    last = span_of(sealed) if sealed else None
    if last is not None and sealed >= month:
        raise ConflictError(
            Text(f"{last.text.zh}及以前已封账。", f"{last.text.en} and all before are sealed.")
        )
    days: dict[str, Any] = {"place_code": place_code, "day__lte": span_of(month).last}
    if last is not None:
        days["day__gt"] = last.last
    postings = Posting.objects.filter(**days)
    entries = Entry.objects.filter(posting__in=postings)
    sums = {
        row["stage"]: row
        for row in entries.values("stage").annotate(
            movements=Count("position"),
            came=Coalesce(Sum("fen", filter=Q(fen__gt=0)), 0),
            left=Coalesce(Sum("fen", filter=Q(fen__lt=0)), 0),
        )
    }
    return ToSeal(
        span_of(month),
        last,
        postings.count(),
        [
            Moved(STAGE_LABELS[stage], row["movements"], int(row["came"]), -int(row["left"]))
            for stage in Stage
            if stage not in OUTSIDE and (row := sums.get(stage.value)) is not None
        ],
        [
            MovedLine(*row)
            for row in entries.values_list("line_id", "line__number", "line__name")
            .annotate(postings=Count("posting_id", distinct=True))
            .order_by("line__number")
        ],
    )
