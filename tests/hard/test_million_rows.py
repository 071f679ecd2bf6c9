"""A sheet of a million rows, as .csv and as .xlsx: read within bounds, or refused in a sentence."""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

ROWS = 1_000_000
HEADS = ("乡", "村", "户编号", "人口编号", "姓名", "性别")
MEMORY = 6 * 2**30

pytestmark = pytest.mark.hard


def _rows(last_sex: str) -> list[tuple[str, ...]]:
    whole = [
        ("茅坪镇", "陈家坝村", f"4205{n // 4:08d}", f"4205{n:010d}", "示例", "男女"[n % 2])
        for n in range(ROWS)
    ]
    whole[-1] = (*whole[-1][:-1], last_sex)
    return whole


def _csv(path: Path, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADS, *rows])


def _xlsx(path: Path, rows: list[tuple[str, ...]]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        tab = book.add_worksheet("户")
        for at, row in enumerate([HEADS, *rows]):
            tab.write_row(at, 0, row)


def _check(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bangfu.cli.__main__", "check", str(path), "--lang", "zh"],
        capture_output=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY)),
        text=True,
    )


@pytest.mark.parametrize(("write", "name"), [(_csv, "户.csv"), (_xlsx, "户.xlsx")])
def test_the_last_of_a_million_rows_is_read(
    write: Callable[[Path, list[tuple[str, ...]]], None], name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    write(path, _rows("?"))
    said = _check(path)
    assert said.returncode == 3, said.stderr
    assert f"户!F{ROWS + 1}" in said.stderr
    assert "1 处错误" in said.stderr


def test_a_million_rows_pass(tmp_path: Path) -> None:
    path = tmp_path / "户.csv"
    _csv(path, _rows("女"))
    said = _check(path)
    assert said.returncode == 0, said.stderr
    assert "条问题" in said.stdout


def test_more_rows_than_a_sheet_may_have_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Wide as well as long: 21 columns by a million rows is beyond what is read at once."""
    path = tmp_path / "宽.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        tab = book.add_worksheet("户")
        tab.write_row(0, 0, HEADS)
        tab.write_number(ROWS, 20, 1)
    said = _check(path)
    assert said.returncode == 3, said.stderr
    assert "太大" in said.stderr
    assert "户!U1000001" in said.stderr
