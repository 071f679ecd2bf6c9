"""A case is picked by whose it is: "甲虚构 示例村 4205270000000001 #12"."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from bangfu.books.cases.models import Case, State
from bangfu.books.households import picking as households
from bangfu.books.households.models import Household
from bangfu.books.households.searching import MATCHES
from bangfu.books.places.queries import names
from bangfu.core.language import Text
from bangfu.web.picking import MOST, Found, Pick, PickField
from bangfu.web.speech import later

_DIGITS = 18  # of the longest number that fits a key


def others(case: Case) -> QuerySet[Case]:
    """The cases of the scope into which a case may be merged: another of its kind, not merged itself."""
    return Case.objects.filter(kind=case.kind).exclude(pk=case.pk).exclude(state=State.MERGED)


def numbered(written: str, query: QuerySet[Case] | None = None) -> Case | None:
    """The case of a number, of the scope or of a query; None for what is no number or no case."""
    if not (written.isascii() and written.isdigit() and len(written) <= _DIGITS):
        return None
    known = Case.objects.all() if query is None else query
    return known.filter(pk=int(written)).first()


def found(text: str, *, beside: Case) -> Found:
    """What a text means among `others`: a case's number at the end, or its household or title.

    A case is meant outright by its number, or by what names its household outright and no other case's.
    """
    words = text.split()
    if not words:
        return Found()
    query = others(beside).order_by("pk")
    named = numbered(words[-1].removeprefix("#"), query)
    if named is not None:
        return Found.outright(*_picks([named]))
    meant = households.found(text).meant
    if meant is not None:
        own = list(query.filter(household=meant.key)[:MOST])
        if len(own) == 1:
            return Found.outright(*_picks(own))
    # Numbers are fetched first: the search names its table, so it is no part of another statement.
    numbers = households.searched(text).values_list("pk", flat=True)[:MATCHES]
    whose = Q(household__in=list(numbers)) | Q(title__contains=text)
    return Found(None, _picks(list(query.filter(whose)[:MOST])))


def _picks(cases: list[Case]) -> tuple[Pick, ...]:
    listed = Household.objects.filter(pk__in=[case.household_id for case in cases])
    known = {pick.key: pick.label for pick in households.picks(list(listed))}
    lies = names(case.place_code for case in cases)
    return tuple(
        Pick(
            str(case.pk),
            f"{known.get(case.household_id) or case.title or lies.get(case.place_code, '')} #{case.pk}",
        )
        for case in cases
    )


class CaseField(PickField):
    """Gives the number of another case of the kind of `beside`."""

    SUGGESTIONS = "pick-case"
    LOOK_UP = Text(
        "请核对姓名，或在“个案”中查个案号；须是同一种、没有被合并的另一件。",
        'Check the name, or look the number up under "Cases"; '
        "it must be another case of the same kind that was not merged itself.",
    )
    beside: Case

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text",
            later(
                "输入姓名、村名、户编号或个案号后选择。",
                "Type a name, village, household number or case number, and choose.",
            ),
        )
        super().__init__(**options)

    def asked(self) -> dict[str, str]:
        """The case that is to be merged."""
        return {"case": str(self.beside.pk)}

    def found(self, text: str) -> Found:
        """See `found` of this module."""
        return found(text, beside=self.beside)
