"""`bangfu quota` on the worked table of the manual, and on what does not pass."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from tests.unit.cli.running import bangfu, nothing_written, passed, refused

LEVELS = ("province", "county", "township", "village")
WEIGHTS = """区划代码,权重,已识别数
520101100201,310,30
520101100202,120,14
520101101201,70,
520102100201,250,26
520102100202,250,
"""


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "weights.csv"
    path.write_text(WEIGHTS, "utf-8")
    return path


def test_the_worked_table(csv: Path, tmp_path: Path) -> None:
    book, answer = tmp_path / "q.xlsx", tmp_path / "q.json"
    said = bangfu("quota", csv, "--total", 101, "-o", book, "--json", answer)
    passed(said, "520101100201", "-24", str(book))
    rows = json.loads(answer.read_text("utf-8"))
    quotas = {row["place_code"]: row["quota"] for row in rows}
    assert quotas["520000000000"] == 101
    assert [quotas[f"52010{n}000000"] for n in (1, 2)] == [51, 50]
    assert [row["quota"] for row in rows if row["level"] == "village"] == [32, 12, 7, 25, 25]
    assert {row["place_code"]: row["over"] for row in rows}["520101100202"] == 2
    sheet = openpyxl.load_workbook(book).active
    written = {row[0].value: row[3].value for row in sheet.iter_rows(min_row=3)}
    assert written == quotas
    by_level = {level: [r["quota"] for r in rows if r["level"] == level] for level in LEVELS}
    assert {sum(quotas) for quotas in by_level.values()} == {101}


def test_one_county_is_divided_from_the_county(tmp_path: Path) -> None:
    """The total belongs to the lowest place that holds every row; counts are not asked for."""
    path = tmp_path / "w.csv"
    path.write_text("区划代码,权重\n420527101000,2\n420527102000,1\n", "utf-8")
    answer = tmp_path / "a.json"
    said = bangfu("quota", path, "--total", 10, "--json", answer, lang="en")
    passed(said, "weight")
    assert "recognised" not in said.out
    assert [(row["place_code"], row["quota"]) for row in json.loads(answer.read_text())] == [
        ("420527000000", 10),
        ("420527101000", 7),
        ("420527102000", 3),
    ]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("420527101200,1\n420527101200,2\n", "前面已有一行"),
        ("420527101200,1\n420527101000,2\n", "同一级"),
        ("42052710120,1\n", "12 位"),
        ("420527101200,-1\n", "负数"),
        ("420527101200,0\n", "大于零"),
        ("420527101200,many\n", "weights!B2"),
        ("420527101200,\n", "不能空着"),
    ],
)
def test_what_does_not_pass(rows: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    path.write_text("区划代码,权重\n" + rows, "utf-8")
    with nothing_written(tmp_path):
        said = bangfu("quota", path, "--total", 5, "-o", tmp_path / "q.xlsx")
        refused(said, 3, words)


def test_a_total_below_zero(csv: Path) -> None:
    refused(bangfu("quota", csv, "--total", -1), 2, "负数")
