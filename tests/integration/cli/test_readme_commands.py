"""Every `bangfu` command that the README shows does what it says, in the order shown, on a few rows.

`make demo` itself is run by test_demo.py. The README's files are made as its reader would have them
by then: the template that the first command wrote is filled in, and what was tried dry is imported.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from tests.unit.cli.running import bangfu, passed
from tests.unit.cli.workbooks import (
    COUNTY,
    OTHER,
    VILLAGE,
    fund,
    income,
    people,
    project,
    write_grids,
    write_xlsx,
)

ROOT = Path(__file__).resolve().parents[3]
PROBLEM = {
    "fund_lines": [{"id": "F1", "amount_fen": 100}],
    "projects": [{"id": "P1", "cost_fen": 60, "priority": "1"}],
}


def shown(name: str) -> list[list[str]]:
    """The commands of a README as words, without `bangfu` and the remarks behind them."""
    lines = re.findall(r"^bangfu [^\n]*", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    return [shlex.split(line, comments=True)[1:] for line in lines]


def called(words: list[str], folder: Path) -> list[str]:
    """The words as a shell in `folder` hands them over."""
    found = [sorted(p.name for p in folder.glob(w)) if "*" in w else [w] for w in words]
    return [word for words in found for word in words]


def test_the_commands_of_the_readme(books, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "区划.csv").write_bytes(books.read_bytes())
    (tmp_path / "P.json").write_text(json.dumps(PROBLEM))
    (tmp_path / "通报.txt").write_text("资金由2021年的100万元增加到2022年的110万元，增长10%。")
    ran = []
    for words in shown("README.md"):
        passed(bangfu(*called(words, tmp_path)))
        ran.append(words[0])
        if words[0] == "template":
            assert openpyxl.load_workbook(tmp_path / "户.xlsx").sheetnames
            write_xlsx(tmp_path / "户.xlsx", national=people(), income=[income(1), income(2)])
            write_xlsx(tmp_path / "钱.xlsx", funds=[fund("F1")], projects=[project("P1")])
        if "--dry-run" in words:
            passed(bangfu(*called([w for w in words if w != "--dry-run"], tmp_path)))
            weights = [["区划代码", "权重"], [VILLAGE, 3], [OTHER, 2]]
            write_grids(tmp_path / "权重.xlsx", {"规模分解": weights})
    assert ran == [
        *("template", "check", "places", "import", "snapshot", "screen", "quota"),
        *("allocate", "policy", "ledger", "rates", "watch", "numbers"),
    ]
    assert (tmp_path / "out" / "screening.xlsx").exists()
    assert json.loads((tmp_path / "R.json").read_text())["status"] == "optimal"


def test_the_commands_name_the_county_of_the_sample() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        for words in shown(name):
            assert "--place" not in words or words[words.index("--place") + 1] == COUNTY
