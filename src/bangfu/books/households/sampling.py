"""Whom a sample may draw, read within the scope of who draws."""

from __future__ import annotations

from bangfu.books.households.models import Household
from bangfu.core import places, sampling
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text

ALL, MONITORED, EX_POOR = "all", "monitored", "ex_poor"
FRAMES: dict[str, Text] = {
    ALL: Text("全部农户", "all households"),
    MONITORED: Text("监测对象", "monitored households"),
    EX_POOR: Text("脱贫户", "ex-poor households"),
}


def drawn(
    place_code: str, *, frame: str, size: int, seed: str
) -> tuple[list[tuple[str, str]], int]:
    """The households drawn in a place, as (number, village) pairs, and of how many they were drawn."""
    low, high = places.code_range(place_code)
    listed = Household.objects.filter(place_code__gte=low, place_code__lt=high)
    if frame == MONITORED:
        listed = listed.filter(monitored_class__isnull=False)
    elif frame == EX_POOR:
        listed = listed.filter(household_type="脱贫户")
    villages = dict(listed.values_list("household_no", "place_code"))
    return [(no, villages[no]) for no in sampling.draw(villages, size, seed)], len(villages)


def named(numbers: list[str]) -> list[tuple[str, str]]:
    """The households of these numbers as (number, village) pairs; InputError for those not here."""
    villages = dict(
        Household.objects.filter(pk__in=numbers).values_list("household_no", "place_code")
    )
    wrong = [
        Problem("numbers", Text(f"没有这一户：{no}。", f"There is no such household: {no}."))
        for no in numbers
        if no not in villages
    ]
    if wrong:
        raise InputError(Text("样本不能指派。", "The sample cannot be assigned."), wrong)
    return [(no, villages[no]) for no in dict.fromkeys(numbers)]
