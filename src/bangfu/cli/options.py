"""Options that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bangfu.core.errors import UsageError
from bangfu.core.language import Text
from bangfu.core.places import CODE_LENGTH, is_code
from bangfu.core.places import prefix as place_prefix

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
    digits = text.replace("-", "")
    if not (
        digits.isascii() and digits.isdigit() and len(digits) == 6 and 1 <= int(digits[4:]) <= 12
    ):
        raise UsageError(
            Text(f"月份应写成 2026-10 的样子：{text}", f"Write the month like 2026-10, not {text}.")
        )
    return int(digits)


def place_code(code: str) -> str:
    """A place code in 12 digits; shortened ones are filled up. Raises UsageError otherwise."""
    try:
        return (
            place_prefix(code).ljust(CODE_LENGTH, "0") if len(code) < CODE_LENGTH else _whole(code)
        )
    except ValueError:
        raise UsageError(
            Text(f"区划代码应为 12 位数字：{code}", f"A place code has 12 digits, not {code!r}.")
        ) from None


def _whole(code: str) -> str:
    if not is_code(code):
        raise ValueError(code)
    return code
