"""Writes empty workbooks to fill in: drop-down lists, notes, formats that keep numbers whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bangfu.core.language import Lang, Text
from bangfu.files.addresses import letters
from bangfu.files.workbooks import (
    FONT,
    HEADER_STYLE,
    MAX_ROWS,
    display_width,
    new_workbook,
    sheet_name,
)

Kind = Literal["text", "int", "decimal", "money", "date", "month"]

_NUMBER_FORMAT: dict[Kind, str] = {
    # As text an ID number keeps all its digits.
    "text": "@",
    "int": "0",
    "decimal": "0.####",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "month": "0",
}
# Excel takes a list written into the rule up to this length, and cuts it at every comma.
_INLINE_LIST = 255
_TITLE, _MESSAGE = 32, 255
_LISTS = "选项"


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A column to fill in. `allowed` makes a drop-down list; with `several`, other texts pass too."""

    header: str
    kind: Kind = "text"
    note: Text | None = None
    allowed: tuple[str, ...] = ()
    several: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """A sheet to fill in; `note` is the instruction on its first line."""

    name: str
    columns: Sequence[TemplateColumn]
    note: Text | None = None


def write_template(
    path: str | os.PathLike[str], sheets: Iterable[TemplateSheet], lang: Lang = "zh"
) -> None:
    """Write an empty workbook. Raises UsageError when the file system refuses."""
    with new_workbook(path, constant_memory=False) as book:
        taken = {_LISTS}
        lists: list[tuple[str, ...]] = []
        for sheet in sheets:
            target = book.add_worksheet(sheet_name(sheet.name, taken))
            _write_sheet(book, target, sheet, lists, lang)
        if lists:
            _write_lists(book.add_worksheet(_LISTS), lists)


def _write_sheet(
    book: xlsxwriter.Workbook,
    target: Worksheet,
    sheet: TemplateSheet,
    lists: list[tuple[str, ...]],
    lang: Lang,
) -> None:
    top = 0
    if sheet.note:
        note = book.add_format({"font_name": FONT, "italic": True, "color": "#595959"})
        target.write_string(0, 0, sheet.note.to(lang), note)
        top = 1
    plain = book.add_format(HEADER_STYLE)
    required = book.add_format(HEADER_STYLE | {"color": "#C00000"})
    formats: dict[Kind, Format] = {
        kind: book.add_format({"font_name": FONT, "num_format": form})
        for kind, form in _NUMBER_FORMAT.items()
    }
    for at, column in enumerate(sheet.columns):
        target.write_string(top, at, column.header, required if column.required else plain)
        width = max(display_width(column.header), *map(display_width, column.allowed), 10)
        target.set_column(at, at, width, formats[column.kind])
        text = _instruction(column, lang)
        target.write_comment(top, at, text, {"author": "帮扶", "x_scale": 2, "y_scale": 1.5})
        rule = _rule(column, lists, lang)
        if rule:
            rule |= {"input_title": column.header[:_TITLE], "input_message": text[:_MESSAGE]}
            target.data_validation(top + 1, at, MAX_ROWS - 1, at, rule)
    target.freeze_panes(top + 1, 0)


def _instruction(column: TemplateColumn, lang: Lang) -> str:
    parts = [_NEEDED[column.required].to(lang), _FORM[column.kind].to(lang)]
    if column.allowed:
        parts[1] = (_SEVERAL if column.several else _ONE).to(lang)
    if column.note:
        parts.append(column.note.to(lang))
    return "\n".join(parts)


def _rule(
    column: TemplateColumn, lists: list[tuple[str, ...]], lang: Lang
) -> dict[str, object] | None:
    if column.allowed:
        return {
            "validate": "list",
            "source": _source(column.allowed, lists),
            # Several values are typed with commas between them, which no drop-down list can give.
            "show_error": not column.several,
            "error_title": column.header[:_TITLE],
            "error_message": _ONE.to(lang),
        }
    if column.kind == "date":
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1900, 1, 1),
            "maximum": date(2199, 12, 31),
            "error_title": column.header[:_TITLE],
            "error_message": _FORM["date"].to(lang),
        }
    return None


def _source(allowed: tuple[str, ...], lists: list[tuple[str, ...]]) -> list[str] | str:
    inline = not any("," in value for value in allowed)
    if inline and len(",".join(allowed)) <= _INLINE_LIST:
        return list(allowed)
    if allowed not in lists:
        lists.append(allowed)
    column = letters(lists.index(allowed))
    return f"='{_LISTS}'!${column}$1:${column}${len(allowed)}"


def _write_lists(target: Worksheet, lists: list[tuple[str, ...]]) -> None:
    for at, values in enumerate(lists):
        for row, value in enumerate(values):
            target.write_string(row, at, value)
    target.hide()


_NEEDED = {True: Text("必填", "Required"), False: Text("选填", "Optional")}
_ONE = Text("请从下拉列表中选择一项。", "Choose one value from the list.")
_SEVERAL = Text("可填列表中的多项，用逗号分隔。", "Values of the list, with commas between them.")
_FORM: dict[Kind, Text] = {
    "text": Text("文本；号码类请勿改为数字格式。", "Text; keep numbers of identity as text."),
    "int": Text("整数。", "A whole number."),
    "decimal": Text("数字。", "A number."),
    "money": Text("金额（元），最多两位小数。", "An amount in yuan, at most two decimals."),
    "date": Text("日期，如 2026-10-31。", "A date, such as 2026-10-31."),
    "month": Text("年月，如 202610。", "A month, such as 202610."),
}
