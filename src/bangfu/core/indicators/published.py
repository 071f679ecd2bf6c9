"""Finds in published sentences and tables which figures can be held against which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from bangfu.core.indicators import consistency
from bangfu.core.indicators.consistency import Check
from bangfu.core.indicators.figures import MONEY, PERCENT, Figure, figure, figures

_ENDS = re.compile(r"[。！？!?\n]|\.(?=\s|$)")
_GROWS = re.compile(
    r"(增长|增加|增幅|提高|上升|递增|增|grew|rose|increas\w+|up)[^\d。]{0,12}$", re.IGNORECASE
)
_FALLS = re.compile(r"(下降|减少|降低|减幅|降|fell|decreas\w+|down)[^\d。]{0,12}$", re.IGNORECASE)
_OF_IT = re.compile(r"(占|share of|accounts? for|即)[^\d。]{0,12}$", re.IGNORECASE)
_TOTAL = re.compile(r"(共计|合计|总计|一共|总额|总投资|总规模|共|total(?:led|s)?)[^\d。；;]{0,10}$")
_ALL = re.compile(r"分别|包括|包含|由|consist|namely|made up")
# A colon and an enumeration: 四项资金9.5亿元：财政2.1亿元、行业……
_LIST = re.compile(r"\s*:[^。;]*\d[^。;]*、")
_SOME = re.compile(r"其中|of which|of it")
_TOTAL_CELL = re.compile(r"^(合计|总计|共计|总额|全县合计|全县|sum|total)$", re.IGNORECASE)
_SUBTOTAL_CELL = re.compile(r"^(小计|subtotal)$", re.IGNORECASE)
_SHARE_HEAD = re.compile(r"占比|比例|比重|share|%\s*of", re.IGNORECASE)
_GROWTH_HEAD = re.compile(r"增幅|增长|增减|growth|change", re.IGNORECASE)
_CELLS = re.compile(r"\t|\s*\|\s*")


def read(text: str) -> list[Check]:
    """Every check that a text allows: its tables (cells parted by tabs or bars), then its sentences."""
    table: list[list[str]] = []
    found: list[Check] = []
    prose: list[str] = []
    for line in [*text.splitlines(), ""]:
        cells = _CELLS.split(line.strip().strip("|").strip())
        if len(cells) > 1:
            if not all(set(cell) <= set("-: ") for cell in cells):  # the rule below a head
                table.append(cells)
            continue
        if table:
            found += read_table(table)
            table = []
        prose.append(line)
    return found + [check for one in sentences("\n".join(prose)) for check in read_sentence(one)]


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text. A semicolon does not end one: years are often parted by it."""
    for part in _ENDS.split(text):
        if part and part.strip():
            yield part.strip()


def read_sentence(sentence: str) -> list[Check]:
    """The checks that one sentence allows."""
    text = unicodedata.normalize("NFKC", sentence)
    known = list(figures(text))
    return [*_rates(text, known), *_totals(text, known)]


def _rates(text: str, known: Sequence[Figure]) -> Iterator[Check]:
    """Growth and shares: a percentage against the two figures it is about."""
    for at, stated in enumerate(known):
        if stated.dimension != PERCENT:
            continue
        before = text[: stated.start]
        grows, falls = _GROWS.search(before), _FALLS.search(before)
        if grows or falls:
            pair = _two(known[:at]) or _two(known[at + 1 :][:2])
            if pair and pair[0].low > 0:
                yield consistency.growth(*pair, stated, text, falls=bool(falls))
        elif _OF_IT.search(before):
            pair = _two(known[:at])
            if pair and pair[0].low > 0:
                whole, part = pair
                yield consistency.share(part, whole, stated, text)
        elif "占" in before and at >= 2 and text.rfind("占", 0, known[at - 1].start) >= 0:
            part, whole = known[at - 2], known[at - 1]  # A，占 B 的 C %
            between = text[part.end : whole.start]
            if "占" in between and part.dimension == whole.dimension and whole.low > 0:
                yield consistency.share(part, whole, stated, text)


def _two(known: Sequence[Figure]) -> tuple[Figure, Figure] | None:
    """The last two figures of one dimension that is no percentage."""
    plain = [one for one in known if one.dimension != PERCENT]
    if not plain:
        return None
    same = [one for one in plain if one.dimension == plain[-1].dimension]
    return (same[-2], same[-1]) if len(same) > 1 else None


def _totals(text: str, known: Sequence[Figure]) -> Iterator[Check]:
    """A total against the parts that follow it, or that were named before it."""
    for at, stated in enumerate(known):
        after, before = text[stated.end :], text[: stated.start]
        listed_after = _LIST.match(after) is not None
        if stated.dimension == PERCENT or not (listed_after or _TOTAL.search(before)):
            continue
        some = _SOME.search(after)
        parts = _parts(known[at + 1 :], stated)
        if some and parts:
            start = stated.end + some.start()
            listed = [one for one in parts if one.start > start]
            if listed:
                yield consistency.at_most(stated, listed, text)
        elif (listed_after or _ALL.search(after)) and len(parts) > 1:
            yield consistency.total(stated, parts, text)
        elif not parts and (_ALL.search(before) or "+" in before):
            listed = _parts(known[:at], stated)
            if len(listed) > 1:
                yield consistency.total(stated, listed, text)


def _parts(known: Iterable[Figure], total: Figure) -> list[Figure]:
    return [one for one in known if one.dimension == total.dimension]


def read_table(rows: Sequence[Sequence[str]]) -> list[Check]:
    """The checks that a table allows: totals of rows and of columns, shares, growth.

    A row headed 合计 is the sum of the rows above it, a 小计 of those since the last one; a column headed
    so is the sum of the columns before it. A column of shares is over the total of the nearest column of
    amounts left of it, one of growth is between the two nearest.
    """
    if len(rows) < 2:
        return []
    head, *body = [list(row) for row in rows]
    cells = [[_cell(text, head, at) for at, text in enumerate(row)] for row in body]
    found: list[Check] = []
    for at in range(1, max(len(row) for row in rows)):
        heading = _head(head, at)
        if _SHARE_HEAD.search(heading):
            found += _share_column(body, cells, head, at)
        elif _GROWTH_HEAD.search(heading):
            found += _growth_column(body, cells, head, at)
        else:
            found += _column_totals(body, cells, at, heading)
            if _TOTAL_CELL.match(heading.strip()):
                found += _row_totals(body, cells, head, at)
    return found


def _cell(text: str, head: Sequence[str], at: int) -> Figure | None:
    """A cell's figure, with the unit of its column's head."""
    heading = _head(head, at)
    scale = 10**8 if "亿" in heading else 10**4 if "万" in heading else 1
    percent = "%" in heading or _SHARE_HEAD.search(heading) or _GROWTH_HEAD.search(heading)
    dimension = PERCENT if percent else MONEY if "元" in heading else ""
    try:
        return figure(text, scale=1 if percent else scale, dimension=dimension)
    except (ValueError, ZeroDivisionError):
        return None


def _head(head: Sequence[str], at: int) -> str:
    return head[at] if at < len(head) else ""


def _at(row: Sequence[Figure | None], at: int) -> Figure | None:
    return row[at] if at < len(row) else None


def _label(row: Sequence[str]) -> str:
    return row[0].replace(" ", "").replace("\u3000", "")


def _column_totals(
    body: Sequence[Sequence[str]],
    cells: Sequence[Sequence[Figure | None]],
    at: int,
    heading: str,
) -> Iterator[Check]:
    parts: list[Figure] = []
    since: list[Figure] = []
    for row, values in zip(body, cells, strict=True):
        value, label = _at(values, at), _label(row)
        if value is None:
            continue
        if _SUBTOTAL_CELL.match(label):
            if since:
                yield consistency.total(value, since, f"{label} · {heading}")
            since = []
        elif _TOTAL_CELL.match(label):
            if parts:
                yield consistency.total(value, parts, f"{label} · {heading}")
            parts, since = [], []
        else:
            parts.append(value)
            since.append(value)


def _row_totals(
    body: Sequence[Sequence[str]],
    cells: Sequence[Sequence[Figure | None]],
    head: Sequence[str],
    at: int,
) -> Iterator[Check]:
    for row, values in zip(body, cells, strict=True):
        stated = _at(values, at)
        parts = [
            one
            for number in range(1, at)
            if (one := _at(values, number)) is not None and one.dimension != PERCENT
        ]
        if stated is not None and len(parts) > 1:
            yield consistency.total(stated, parts, f"{row[0]} · {_head(head, at)}")


def _amounts_left(head: Sequence[str], at: int) -> list[int]:
    """The columns of amounts left of a column, the nearest last."""
    return [
        number
        for number in range(1, at)
        if not (_SHARE_HEAD.search(_head(head, number)) or _GROWTH_HEAD.search(_head(head, number)))
    ]


def _share_column(
    body: Sequence[Sequence[str]],
    cells: Sequence[Sequence[Figure | None]],
    head: Sequence[str],
    at: int,
) -> Iterator[Check]:
    amounts = _amounts_left(head, at)
    if not amounts:
        return
    totals = [
        _at(values, amounts[-1])
        for row, values in zip(body, cells, strict=True)
        if _TOTAL_CELL.match(_label(row))
    ]
    whole = next((one for one in totals if one is not None and one.low > 0), None)
    for row, values in zip(body, cells, strict=True):
        part, stated = _at(values, amounts[-1]), _at(values, at)
        if whole is not None and part is not None and stated is not None:
            yield consistency.share(part, whole, stated, f"{row[0]} · {_head(head, at)}")


def _growth_column(
    body: Sequence[Sequence[str]],
    cells: Sequence[Sequence[Figure | None]],
    head: Sequence[str],
    at: int,
) -> Iterator[Check]:
    amounts = _amounts_left(head, at)
    if len(amounts) < 2:
        return
    for row, values in zip(body, cells, strict=True):
        before, after, stated = (_at(values, number) for number in (*amounts[-2:], at))
        if before is None or after is None or stated is None:
            continue
        if before.low > 0:
            yield consistency.growth(before, after, stated, f"{row[0]} · {_head(head, at)}")
