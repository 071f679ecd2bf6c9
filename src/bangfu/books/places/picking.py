"""A place is picked by its name: "茅坪镇 示例村 420527101200"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from bangfu.books.places.models import Place
from bangfu.books.places.queries import names
from bangfu.books.places.sounding import sounds_like
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.sheets.locate import OFFICES, short_name
from bangfu.web.forms import Form
from bangfu.web.picking import MOST, Found, Pick, PickByKindField, PickField
from bangfu.web.speech import later, say

# A piece of a name that fits more places than this is not looked through to its end.
LOOKED_AT = 2_000
NATION = Text("全国", "the nation")
_Named = tuple[str, str]  # code, name


def found(
    text: str,
    *,
    reach: Sequence[str],
    level: places.Level | None = None,
    anywhere: bool = False,
) -> Found:
    """What a text means among the places of `reach`, or with `anywhere` among all that the books know.

    The last word is the place's code, its beginning, its name or a piece of it, or how a place of the
    reach's own counties sounds; the words before it are names of what it lies in. A place is meant outright by its code, or by its whole name when no
    other of `reach`, or no other at all, is called that. Places that have ended are meant by code only.
    """
    *above, last = text.split() or [""]
    query = Place.objects.all() if level is None else Place.objects.filter(level=level)
    if not anywhere:
        query = query.filter(_inside(reach))
    if places.is_code(last) or last == places.NATION:
        return _by_code(last, query, reach, level)
    query = query.filter(valid_to__isnull=True).order_by("code")
    if not last:
        return Found()
    if last.isascii() and last.isdigit():
        begun = _near_first(query.filter(code__startswith=last), reach, MOST)
        return Found(None, _picks(begun, reach))
    if last.isascii():
        heard = [row for row in _of_own_counties(query, reach) if sounds_like(row[1], last.lower())]
        return Found(None, _picks(_lying_in(above, heard), reach))
    short, most = short_name(last), LOOKED_AT if above else MOST
    called = query.filter(name__in=[short, *(short + office for office in OFFICES)])
    whole = _lying_in(above, _near_first(called, reach, LOOKED_AT))
    own = [row for row in whole if any(places.contains(held, row[0]) for held in reach)]
    if len(whole) == 1 or len(own) == 1:
        return Found.outright(*_picks(own if len(own) == 1 else whole, reach))
    pieces = _lying_in(above, _near_first(query.filter(name__contains=short), reach, most))
    return Found(None, _picks(list(dict.fromkeys([*whole, *pieces])), reach))


class PlaceField(PickField):
    """Gives the 12-digit code of a place of the form's reach, or with `anywhere` of any place."""

    SUGGESTIONS = "pick-place"
    LOOK_UP = Text(
        "请核对名称，或在统计用区划代码表中查 12 位代码。",
        "Check the name, or look the 12-digit code up in the list of statistical divisions.",
    )
    reach: Sequence[str] = ()

    def __init__(
        self, *, level: places.Level | None = None, anywhere: bool = False, **options: Any
    ) -> None:
        self.level, self.anywhere = level, anywhere
        options.setdefault(
            "help_text",
            later(
                "输入名称或拼音后选择，如“茅坪镇 示例村”，也可以填 12 位代码。",
                "Type a name or pinyin and choose, such as 茅坪镇 示例村; or give the 12-digit code.",
            ),
        )
        super().__init__(**options)

    def asked(self) -> dict[str, str]:
        """Level and width of the search."""
        level = {} if self.level is None else {"level": str(int(self.level))}
        return {**level, **({"anywhere": "1"} if self.anywhere else {})}

    def found(self, text: str) -> Found:
        """See `found` of this module."""
        return found(text, reach=self.reach, level=self.level, anywhere=self.anywhere)


class PlacesForm(Form):
    """A form with places, which are picked within `reach`: the places of the request's scope."""

    def __init__(self, *arguments: Any, reach: Sequence[str], **options: Any) -> None:
        self.reach = reach
        super().__init__(*arguments, **options)

    def prepare(self) -> None:
        for field in self.fields.values():
            kinds = field.kinds.values() if isinstance(field, PickByKindField) else ()
            for each in (field, *kinds):
                if isinstance(each, PlaceField):
                    each.reach = self.reach


def _by_code(
    code: str, query: QuerySet[Place], reach: Sequence[str], level: places.Level | None
) -> Found:
    name = query.filter(pk=code).values_list("name", flat=True).first()
    # What is held is known even where the books do not name it, as before the places are loaded.
    if name is None and not (code in reach and level in (None, places.level(code))):
        return Found()
    if code == places.NATION:
        return Found.outright(Pick(code, f"{say(NATION)} {code}"))
    return Found.outright(*_picks([(code, name or "")], reach))


def _inside(codes: Iterable[str]) -> Q:
    inside = Q(pk__in=())
    for code in codes:
        low, high = places.code_range(code)
        inside |= Q(code__gte=low, code__lt=high)
    return inside


def _near_first(query: QuerySet[Place], reach: Sequence[str], most: int) -> list[_Named]:
    """Up to `most` of the reach's own counties, then up to `most` others, in the order of codes."""
    near = _inside({places.ancestor(code, places.Level.COUNTY) for code in reach})
    rows = query.values_list("code", "name")
    return [*rows.filter(near)[:most], *rows.exclude(near)[:most]]


def _of_own_counties(query: QuerySet[Place], reach: Sequence[str]) -> list[_Named]:
    """Up to `LOOKED_AT` places of the reach's own counties."""
    near = _inside({places.ancestor(code, places.Level.COUNTY) for code in reach})
    return list(query.filter(near).values_list("code", "name")[:LOOKED_AT])


def _above(code: str) -> list[str]:
    own = places.level(code)
    return [places.ancestor(code, level) for level in places.Level if 0 < level < own]


def _lying_in(words: Sequence[str], rows: list[_Named]) -> list[_Named]:
    """The rows that lie in places with these words in their names."""
    if not words:
        return rows
    known = names({outer for code, _ in rows for outer in _above(code)})
    return [
        (code, name)
        for code, name in rows
        if all(any(word in known.get(outer, "") for outer in _above(code)) for word in words)
    ]


def _picks(rows: Sequence[_Named], reach: Sequence[str]) -> tuple[Pick, ...]:
    """Rows with the names of what they lie in, up to what they share with the reach."""
    rows = rows[:MOST]
    known = names({outer for code, _ in rows for outer in _above(code)})

    def said(code: str) -> list[str]:
        return [
            known[outer]
            for outer in _above(code)
            if outer in known
            and not (
                places.level(outer) <= places.Level.COUNTY
                and any(places.contains(outer, held) for held in reach)
            )
        ]

    return tuple(
        Pick(code, " ".join(filter(None, [*said(code), short_name(name), code])))
        for code, name in rows
    )
