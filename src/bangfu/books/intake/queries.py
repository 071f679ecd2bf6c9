"""What pages read of batches."""

from __future__ import annotations

from django.db.models import QuerySet

from bangfu.books.accounts.actors import Actor
from bangfu.books.intake.actions import CHECK
from bangfu.books.intake.models import Batch
from bangfu.books.places.models import Place
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.language import Text

NO_SUCH_BATCH = Text(
    "没有这批文件，或者它不在您的范围内。", "There is no such batch, or it is not yours to see."
)
# What the sheets of a county need between them.
_WANTED = frozenset({DataClass.PERSONS, DataClass.SUMS, DataClass.MONEY})


def seen() -> QuerySet[Batch]:
    """The batches whose tasks the scope sees: the actor's own, and those of people below."""
    # The condition joins the task's table, whose own wall then holds.
    return Batch.objects.filter(check_task__kind=CHECK).select_related("check_task", "bring_task")


def found(number: int) -> Batch:
    """The batch, when the scope sees it. NotFoundError otherwise."""
    batch = seen().filter(pk=number).first()
    if batch is None:
        raise NotFoundError(NO_SUCH_BATCH)
    return batch


def places_for(actor: Actor) -> list[tuple[str, str]]:
    """Codes and names of the places that the actor may import for: his own, or, held above a county,
    each county in them."""
    codes: list[str] = []
    for code in actor.reach({DataClass.PERSONS}, writes=True):
        if places.level(code) >= places.Level.COUNTY:
            codes.append(code)
            continue
        low, high = places.code_range(code)
        inside = Place.objects.filter(code__gte=low or "0", code__lt=high, code__endswith="000000")
        codes += [
            found
            for found in inside.order_by("code").values_list("code", flat=True)
            if places.level(found) is places.Level.COUNTY
        ]
    names = dict(Place.objects.filter(code__in=codes).values_list("code", "name"))
    return [(code, names.get(code, code)) for code in codes]


def classes_for(actor: Actor, place_code: str) -> frozenset[DataClass]:
    """The classes of data that one role of the actor gives there, persons among them, for an import."""
    held = [
        role.classes & _WANTED
        for role in actor.held
        if role.writes
        and DataClass.PERSONS in role.classes
        and places.contains(role.place_code, place_code)
    ]
    return max(held, key=len, default=frozenset({DataClass.PERSONS}))
