"""Reads columns of texts: names, numbers of identity, yes or no, values of closed lists."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

import polars as pl

from bangfu.core.identity import damaged_by_excel
from bangfu.core.language import Text
from bangfu.files.reading import Reading, Wrong, half_width, read_column, tidy

YES = ("是", "有", "1", "TRUE")
NO = ("否", "无", "0", "FALSE")
_SEPARATORS = re.compile(r"[,，、;；]")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]+", re.ASCII)
_GUARD = re.compile(r"""=?"(.*)"|'(.*)""", re.DOTALL)
# Texts that need no tidying: no blank but single spaces inside, no control, no full-width sign.
_TIDY = r"^[^\s\x00-\x1f\x7f\u200b\ufeff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+$"
_FULL_WIDTH = {
    code: code - 0xFEE0
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_SHOWN = 12


def read_text(cells: pl.Series) -> Reading:
    """Texts for keeping (String): blanks collapsed, full-width digits and letters made half-width.

    Chinese punctuation stays. Never finds a fault.
    """

    def careful(text: str) -> str | None:
        return tidy(text).translate(_FULL_WIDTH) or None

    def plain(text: pl.Expr) -> pl.Expr:
        return pl.when(text.str.contains(_TIDY)).then(text)

    return read_column(cells, pl.String, plain, careful)


def read_identifier(cells: pl.Series, *, zeros_are_damage: bool = True) -> Reading:
    """Numbers that name something (String): ID, certificate, phone, bank, household number.

    Half-width, without blanks, capital. A number that Excel cut to 15 digits is a fault that says so:
    its last digits are gone and cannot be guessed. Whether the number itself is valid is not asked.
    Without `zeros_are_damage` only 4.2E+17 counts as cut: a running number may well end in 000.
    """

    def careful(text: str) -> str | None:
        written = half_width(text).upper()
        guard = _GUARD.fullmatch(written)
        if guard:
            written = guard[1] or guard[2] or ""
        written = re.sub(r"^([0-9]+)\.0$", r"\1", written)
        cut = zeros_are_damage and damaged_by_excel(written)
        if cut or _SCIENTIFIC.fullmatch(written):
            raise Wrong(
                "excel-precision",
                Text(
                    "号码被 Excel 当作数字，只保留了前 15 位，后几位已丢失。请先把该列设为“文本”格式，"
                    "再从原始资料重新录入号码。",
                    "Excel took the number for a figure and kept 15 digits; the rest is lost. Set the "
                    "column to Text and enter the number again from its source.",
                ),
            )
        return written or None

    def plain(text: pl.Expr) -> pl.Expr:
        whole = text.str.contains(r"^[0-9A-Z]+$")
        return pl.when(whole & ~text.str.contains(r"^[0-9]{15}000$|^[0-9](?:\.[0-9]+)?E")).then(
            text
        )

    return read_column(cells, pl.String, plain, careful)


def read_flag(cells: pl.Series, yes: Sequence[str] = YES, no: Sequence[str] = NO) -> Reading:
    """Yes or no (Boolean), in the words the caller allows."""
    words = {_key(word): True for word in yes} | {_key(word): False for word in no}

    def careful(text: str) -> bool:
        try:
            return words[_key(text)]
        except KeyError:
            raise Wrong(
                "flag",
                Text(f"应填“{yes[0]}”或“{no[0]}”。", f"Write {yes[0]} (yes) or {no[0]} (no)."),
            ) from None

    return read_column(cells, pl.Boolean, None, careful)


def read_code(
    cells: pl.Series, allowed: Sequence[str], aliases: Mapping[str, str] | None = None
) -> Reading:
    """Values of a closed list (String), as the list writes them.

    `aliases` maps other texts, such as the code numbers of another system, to values of the list.
    """
    choose = _Chooser(allowed, aliases or {})
    return read_column(cells, pl.String, None, choose)


def read_codes(
    cells: pl.Series, allowed: Sequence[str], aliases: Mapping[str, str] | None = None
) -> Reading:
    """Several values of a closed list in a cell (List(String)), separated by , ， 、 ; or ；.

    Each value is kept once, in the order written. A value of the list that holds a separator itself
    is recognised when it is the whole cell.
    """
    choose = _Chooser(allowed, aliases or {})
    whole = {_key(value): value for value in allowed}

    def careful(text: str) -> list[str] | None:
        if _key(text) in whole:
            return [whole[_key(text)]]
        parts = [part for part in _SEPARATORS.split(text) if part.strip()]
        return list(dict.fromkeys(choose(part) for part in parts)) or None

    return read_column(cells, pl.List(pl.String), None, careful)


def read_values(cells: pl.Series, aliases: Mapping[str, str] | None = None) -> Reading:
    """Several values of an open list in a cell (List(String)), each kept as written, once.

    Separated as in `read_codes`; `aliases` maps other spellings to the proper one. Finds no fault.
    """
    proper = {_key(other): value for other, value in (aliases or {}).items()}

    def careful(text: str) -> list[str] | None:
        parts = [tidy(part).translate(_FULL_WIDTH) for part in _SEPARATORS.split(text)]
        return list(dict.fromkeys(proper.get(_key(part), part) for part in parts if part)) or None

    return read_column(cells, pl.List(pl.String), None, careful)


class _Chooser:
    """Gives the value of a closed list that a text means, or says which are allowed."""

    def __init__(self, allowed: Sequence[str], aliases: Mapping[str, str]) -> None:
        self.allowed = tuple(allowed)
        self.values = {_key(other): value for other, value in aliases.items()}
        self.values |= {_key(value): value for value in allowed}

    def __call__(self, text: str) -> str:
        key = _key(text)
        found = self.values.get(key) or self.values.get(key.removesuffix(".0"))
        if found:
            return found
        close = difflib.get_close_matches(key, self.values, n=1, cutoff=0.5)
        shown = "、".join(self.allowed[:_SHOWN])
        more = len(self.allowed) > _SHOWN
        zh = f"“{self.values[close[0]]}”最接近。" if close else ""
        en = f" Nearest: {self.values[close[0]]}." if close else ""
        raise Wrong(
            "list",
            Text(
                f"不在规定的选项中。{zh}可填：{shown}{' 等' if more else ''}。",
                f"Not a value of the list.{en} Allowed: {shown}{' and more' if more else ''}.",
            ),
        )


def _key(text: str) -> str:
    return half_width(text).casefold()
