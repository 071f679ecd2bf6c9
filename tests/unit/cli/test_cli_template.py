"""Blank workbooks open, hold every column, and offer the permitted values; what is filled in reads back."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from tests.unit.cli.running import bangfu, nothing_written, passed, refused

from bangfu.core.facts.model import Kind
from bangfu.core.sheets.catalogue import TEMPLATES


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", TEMPLATES)
def test_templates_open_with_columns_notes_and_lists(kind: str, lang: str, tmp_path: Path) -> None:
    path = tmp_path / f"{kind}.xlsx"
    passed(bangfu("template", kind, "-o", path, lang=lang), str(path))
    book = openpyxl.load_workbook(path)
    shown = [tab for tab in book.worksheets if tab.sheet_state == "visible"]
    assert [tab.title for tab in shown] == [sheet.name for sheet in TEMPLATES[kind]]
    for tab, sheet in zip(shown, TEMPLATES[kind], strict=True):
        heads = [cell.value for cell in tab[2]]
        assert heads == [column.header for column in sheet.columns]
        assert all(cell.comment for cell in tab[2]), "every column says how it is filled in"
        listed = {
            str(rule.sqref).split(":")[0].rstrip("0123456789")
            for rule in tab.data_validations.dataValidation
            if rule.type == "list"
        }
        wanted = {
            cell.column_letter
            for cell, column in zip(tab[2], sheet.columns, strict=True)
            if column.values or column.kind is Kind.YES_NO
        }
        assert listed == wanted
    if kind not in ("projects", "quota"):
        assert any(column.values for sheet in TEMPLATES[kind] for column in sheet.columns)


def test_an_empty_template_has_no_row_to_check_and_no_error(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    bangfu("template", "projects", "-o", path)
    said = bangfu("check", path)
    assert said.code in (0, 3)
    assert "Traceback" not in said.err


def test_a_template_that_cannot_be_written(tmp_path: Path) -> None:
    with nothing_written(tmp_path):
        refused(bangfu("template", "funds", "-o", tmp_path), 2, "文件夹")
        refused(bangfu("template", "funds", "-o", tmp_path / "no" / "t.xlsx"), 2, "不存在")
        refused(bangfu("template", "nothing", "-o", tmp_path / "t.xlsx"), 2, "nothing")
