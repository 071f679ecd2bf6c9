"""Options that several commands share."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.core.places import CODE_LENGTH, Level, ancestor, is_code, level
from bangfu.core.places import prefix as place_prefix

_MONTH = re.compile(r"(\d{4})-?(0[1-9]|1[0-2])", re.ASCII)
# A year outside is a slip of the keyboard; dates and months are made of it further on.
_YEARS = range(1900, 2200)

Lang = Annotated[
    str | None, typer.Option(help="zh 或 en；缺省随系统语言 / zh or en; the locale's if absent")
]
On = Annotated[
    str | None, typer.Option(help="按哪一天判断，如 2026-10-31 / as of which day, e.g. 2026-10-31")
]
PlaceCode = Annotated[str, typer.Option("--place", help="12 位区划代码 / 12-digit place code")]
Files = Annotated[list[Path], typer.Argument(help="工作簿或 CSV / workbooks or CSV files")]


def day(text: str | None, today: date) -> date:
    """The day of `--on`, or today. Raises UsageError when the text is no date."""
    if text is None:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            Text(
                f"日期应写成 2026-10-31 的样子：{text}",
                f"Write the date like 2026-10-31, not {text}.",
            )
        ) from None


def month(text: str) -> int:
    """A month written 2026-10 or 202610, as YYYYMM. Raises UsageError otherwise."""
    found = _MONTH.fullmatch(text)
    if not found or int(found[1]) not in _YEARS:
        raise UsageError(
            Text(f"月份应写成 2026-10 的样子：{text}", f"Write the month like 2026-10, not {text}.")
        )
    return int(found[1] + found[2])


def data_year(year: int) -> int:
    """The year of `--year`. Raises UsageError for one that no data can be of."""
    if year not in _YEARS:
        raise UsageError(
            Text(f"年度应写成 2026 的样子：{year}", f"Write the year (年度) like 2026, not {year}.")
        )
    return year


def place_code(code: str) -> str:
    """A place code in 12 digits; shortened ones are filled up. Raises UsageError otherwise."""
    try:
        short = 0 < len(code) < CODE_LENGTH
        return place_prefix(code).ljust(CODE_LENGTH, "0") if short else _whole(code)
    except ValueError:
        raise UsageError(
            Text(f"区划代码应为 12 位数字：{code}", f"A place code has 12 digits, not {code!r}.")
        ) from None


def county_code(code: str) -> str:
    """The county of a place code. Raises UsageError for one above a county."""
    full = place_code(code)
    if level(full) < Level.COUNTY:
        raise UsageError(
            Text(
                f"{code} 不在任何县内；请给出县级区划代码，如 420527000000。",
                f"{code} lies in no county; give a county's code, such as 420527000000.",
            )
        )
    return ancestor(full, Level.COUNTY)


def _whole(code: str) -> str:
    if not is_code(code):
        raise ValueError(code)
    return code
