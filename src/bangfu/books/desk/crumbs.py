"""Which places the actor may open, and the breadcrumb: 县 › 乡镇 › 村, each a link where that is so."""

from __future__ import annotations

from dataclasses import dataclass

from bangfu.books.accounts.actors import Actor
from bangfu.books.accounts.doors import NO_SUCH_PLACE
from bangfu.books.places.queries import names
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError
from bangfu.core.sheets.locate import short_name
from bangfu.web.addresses import address_of


def wholly_reached(actor: Actor, code: str) -> tuple[str, ...]:
    """The places whose persons the actor reaches, one of which holds all of `code`.

    NotFoundError for a larger place: its figures and lists would be a part's under the whole's name.
    """
    reached = actor.reach({DataClass.PERSONS})
    if not any(places.contains(held, code) for held in reached):
        raise NotFoundError(NO_SUCH_PLACE)
    return reached


@dataclass(frozen=True, slots=True)
class Crumb:
    """One place above, or the place itself."""

    code: str
    name: str
    address: str


def crumbs(code: str, *, reached: tuple[str, ...], view: str = "place") -> list[Crumb]:
    """The places from the county (or the nearest known above) down to `code`.

    Only places inside `reached` are links, to the page `view`: a clerk's county is named, not opened.
    """
    line = [code]
    while (above := places.parent(line[-1])) and above != places.NATION:
        line.append(above)
    named = names(line)
    return [
        Crumb(
            part,
            short_name(named[part]),
            address_of(view, part) if any(places.contains(held, part) for held in reached) else "",
        )
        for part in reversed(line)
        if part in named
    ]
