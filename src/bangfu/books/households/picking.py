"""A household is picked by its head, village or number: "甲虚构 示例村 4205270000000001"."""

from __future__ import annotations

from functools import reduce
from typing import Any

from django.db.models import QuerySet

from bangfu.books.households import searching
from bangfu.books.households.listing import LISTED, decorated
from bangfu.books.households.models import Household
from bangfu.core.language import Text
from bangfu.web.picking import MOST, Found, Pick, PickField
from bangfu.web.speech import later


def found(text: str, *, place_code: str = "") -> Found:
    """What a text means among the households of the scope, by the search of the list of households;
    with `place_code` among those of that place.

    Several words are each searched for, and a number at the end decides. A household is meant outright
    by its number, by an ID or phone number, or by the whole name of a member that no other has.
    """
    words = _words(text)
    if not words:
        return Found()
    inside = {"place": place_code}
    known = searching.filtered(Household.objects.filter(pk=words[-1]), inside)
    numbered = list(known.only(*LISTED))
    if numbered:
        return Found.outright(*picks(numbered))
    query = searching.filtered(searched(text), inside)
    whole = list(searching.called(query, words).only(*LISTED).order_by("household_no")[:MOST])
    if len(whole) == 1:
        return Found.outright(*picks(whole))
    fitting = [*query.only(*LISTED).order_by("household_no")[:MOST]]
    if len(fitting) == 1 and searching.is_number(text):
        return Found.outright(*picks(fitting))
    first = {household.pk: household for household in [*whole, *fitting]}
    return Found(None, picks(list(first.values())[:MOST]))


def searched(text: str) -> QuerySet[Household]:
    """The households of the scope that fit every word of a text, which is not empty."""
    return reduce(lambda one, other: one & other, map(searching.found, _words(text)))


def _words(text: str) -> list[str]:
    return [text] if searching.is_number(text) else text.split()


def picks(households: list[Household]) -> tuple[Pick, ...]:
    """Households as people read them: head, village, number."""
    return tuple(
        Pick(each.pk, f"{each.head} {each.village} {each.pk}")  # type: ignore[attr-defined]
        for each in decorated(households)
    )


class HouseholdField(PickField):
    """Gives the number of a household of the actor's scope; with `place_code` set, of that place."""

    SUGGESTIONS = "pick-household"
    LOOK_UP = Text(
        "请核对姓名和村，或在“农户”中查户编号；不在您范围内的户不会列出。",
        'Check name and village, or look the number up under "Households"; '
        "those outside your scope are not listed.",
    )

    place_code = ""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text",
            later(
                "输入姓名、拼音、村名或户编号后选择。",
                "Type a name, pinyin, village or number, and choose.",
            ),
        )
        super().__init__(**options)

    def asked(self) -> dict[str, str]:
        """The place that the search is kept to."""
        return {"place": self.place_code} if self.place_code else {}

    def found(self, text: str) -> Found:
        """See `found` of this module."""
        return found(text, place_code=self.place_code)
