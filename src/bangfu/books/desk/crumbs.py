"""The place breadcrumb: 县 › 乡镇 › 村, each a link where the actor's scope reaches."""

from __future__ import annotations

from dataclasses import dataclass

from bangfu.books.places.queries import names
from bangfu.core import places
from bangfu.core.sheets.locate import short_name
from bangfu.web.addresses import address_of


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
