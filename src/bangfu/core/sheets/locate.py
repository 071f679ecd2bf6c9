"""Finds the place a row speaks of: by code first, then by township and village name.

A name that is not known is never guessed: the nearest one is suggested, and only a spelling that the
user has confirmed counts.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping

import polars as pl

from bangfu.core.errors import Problem
from bangfu.core.language import Text
from bangfu.core.places import Level, Place, ancestor, is_code, level

Names = tuple[str, str]  # township, village


# What the statistical code adds to a village's or a community's name.
OFFICES = ("村民委员会", "居民委员会")


def short_name(name: str) -> str:
    """A village's everyday name: 陈家坝村村民委员会 is 陈家坝村, 丹阳社区居民委员会 is 丹阳社区."""
    for office in OFFICES:
        if name.endswith(office) and len(name) > len(office):
            return name.removesuffix(office)
    return name


class Gazetteer:
    """The places of one or more counties, by code and by name.

    `confirmed` holds spellings the user has confirmed: (township, village) → 12-digit village code.
    """

    def __init__(
        self, places: Iterable[Place], confirmed: Mapping[Names, str] | None = None
    ) -> None:
        self.places = {place.code: place for place in places}
        self.villages: dict[Names, list[str]] = {}
        for code, place in self.places.items():
            if place.level is Level.VILLAGE:
                township = self.places.get(ancestor(code, Level.TOWNSHIP))
                if township is not None:
                    for name in dict.fromkeys((place.name, short_name(place.name))):
                        self.villages.setdefault((township.name, name), []).append(code)
        for names, code in (confirmed or {}).items():
            self.villages[names] = [code]

    def name(self, code: str) -> str:
        """The name of a place, or its code where the name is not known."""
        place = self.places.get(code)
        return place.name if place else code

    def path(self, code: str) -> str:
        """County, township and village names, outermost first: "秭归县 茅坪镇 陈家坝村"."""
        steps = [ancestor(code, step) for step in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)]
        known = [step for step in dict.fromkeys(steps) if level(step) >= Level.COUNTY]
        return " ".join(short_name(self.name(step)) for step in known)

    def current(self, code: str) -> str | None:
        """The village code that `code` means today, following successors; None when unknown."""
        seen: set[str] = set()
        while code in self.places and code not in seen:
            seen.add(code)
            successor = self.places[code].successor
            if successor is None:
                return code
            code = successor
        return None

    def by_names(self, township: str, village: str) -> tuple[str | None, Problem | None]:
        """The one village of these names, or what is wrong (its `where` still empty)."""
        found = self.villages.get((township, village), [])
        if len(found) == 1:
            return found[0], None
        if found:
            codes = "、".join(found)
            return None, _problem(
                f"{township}有 {len(found)} 个“{village}”（{codes}），请填写区划代码。",
                f"{township} has {len(found)} villages named {village} ({codes}); give the code.",
                village,
            )
        nearest = self._nearest(township, village)
        if nearest is None:
            return None, _problem(
                f"没有找到“{township} {village}”，请核对乡镇和村名，或填写区划代码。",
                f"No such place: {township} {village}. Check the names or give the code.",
                village,
            )
        code = self.villages[nearest][0]
        named = " ".join(nearest)
        return None, _problem(
            f"没有找到“{township} {village}”。是不是“{named}”（{code}）？确认后请改名或填写区划代码。",
            f"No such place: {township} {village}. Is it {named} ({code})? If so, change the name or give the code.",
            village,
        )

    def _nearest(self, township: str, village: str) -> Names | None:
        wanted = f"{township} {village}"
        known = {" ".join(names): names for names in self.villages}
        close = difflib.get_close_matches(wanted, known, n=1, cutoff=0.6)
        return known[close[0]] if close else None


def locate(
    frame: pl.DataFrame, gazetteer: Gazetteer, where: Callable[[int, str], str], row: str = "_row"
) -> tuple[pl.DataFrame, list[Problem]]:
    """`frame` with its `place_code` filled from the code or the names, and a problem a bad row.

    Reads place_code, township_name and village_name as far as the sheet has them.
    """
    names = [n for n in ("place_code", "township_name", "village_name") if n in frame.columns]
    distinct = frame.select(names).unique(maintain_order=True)
    codes: list[str | None] = []
    faults: list[Problem | None] = []
    for values in distinct.iter_rows(named=True):
        code, fault = _find(values, gazetteer)
        codes.append(code)
        faults.append(fault)
    found = distinct.with_columns(
        pl.Series("_code", codes, dtype=pl.String), pl.int_range(pl.len()).alias("_fault")
    )
    joined = frame.join(found, on=names, how="left", nulls_equal=True, maintain_order="left")
    problems = []
    column = "village_name" if "village_name" in frame.columns else "place_code"
    for at, fault in joined.filter(pl.col("_code").is_null()).select(row, "_fault").iter_rows():
        told = faults[fault]
        assert told is not None  # a row without a code has the reason why
        problems.append(Problem(where(at, column), told.text, told.value, told.rule))
    located = joined.drop("_fault", "place_code", strict=False).rename({"_code": "place_code"})
    return located, problems


def _find(
    values: Mapping[str, str | None], gazetteer: Gazetteer
) -> tuple[str | None, Problem | None]:
    code = values.get("place_code")
    if code:
        if not is_code(code):
            return None, _problem(
                f"区划代码应为 12 位数字：{code}。", f"A place code has 12 digits: {code}.", code
            )
        current = gazetteer.current(code)
        if current is None:
            return None, _problem(
                f"没有这个区划代码：{code}。", f"No such place code: {code}.", code
            )
        if level(current) is not Level.VILLAGE:
            return None, _problem(
                f"{code} 不是村级代码，请填到村。",
                f"{code} is no village's code; give the village.",
                code,
            )
        return current, None
    township, village = values.get("township_name"), values.get("village_name")
    if not (township and village):
        return None, _problem(
            "缺少乡镇名或村名。", "The township's or the village's name is missing.", ""
        )
    return gazetteer.by_names(township, village)


def _problem(zh: str, en: str, value: str) -> Problem:
    return Problem("", Text(zh, en), value, "known-place")
