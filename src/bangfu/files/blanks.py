"""Empty workbooks to fill in, from the sheets of `core.sheets`."""

from __future__ import annotations

from collections.abc import Sequence

from bangfu.core.facts.model import Kind
from bangfu.core.language import Text
from bangfu.core.sheets.model import Column, Sheet
from bangfu.files.templates import Kind as CellKind
from bangfu.files.templates import TemplateColumn, TemplateSheet

_CELLS: dict[Kind, CellKind] = {
    Kind.FEN: "money",
    Kind.INT: "int",
    Kind.DECIMAL: "decimal",
    Kind.SHARE: "decimal",
    Kind.DATE: "date",
    Kind.MONTH: "month",
}
_YES_NO = ("是", "否")


def blank_sheets(sheets: Sequence[Sheet]) -> list[TemplateSheet]:
    """The sheets with every column, its drop-down list and its note, and no row."""
    return [
        TemplateSheet(
            sheet.name,
            [_column(column) for column in sheet.columns],
            Text(
                f"{sheet.title.zh}。红色列名为必填。",
                f"{sheet.title.en}. Red columns are required.",
            ),
        )
        for sheet in sheets
    ]


def _column(column: Column) -> TemplateColumn:
    return TemplateColumn(
        column.header,
        _CELLS.get(column.kind, "text"),
        column.note,
        _YES_NO if column.kind is Kind.YES_NO else column.values,
        several=column.kind is Kind.VALUES or column.open_list,
        required=column.required,
    )
