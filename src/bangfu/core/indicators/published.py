"""Finds in published sentences and tables which figures can be held against which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bangfu.core.indicators import consistency
from bangfu.core.indicators.consistency import Check
from bangfu.core.indicators.figures import MONEY, PERCENT, Figure, figure
from bangfu.core.indicators.prose import read_sentence, sentences

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
