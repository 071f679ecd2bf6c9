"""Files that do not pass: every command that takes one says what is wrong, where, and what to do."""

from __future__ import annotations

import errno
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.cli.running import bangfu, nothing_written, passed, refused
from tests.unit.cli.workbooks import (
    COUNTY,
    Row,
    fund,
    grid,
    income,
    people,
    person,
    project,
    write_csv,
    write_grids,
    write_places,
    write_xls,
    write_xlsx,
)

from bangfu.books.walls.scope import DataClass, Scope
from bangfu.cli import checking


@pytest.fixture(autouse=True)
def county_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may see the county: these tests are of files and start no database."""
    scope = Scope((COUNTY,), frozenset({DataClass.PERSONS}), "test")
    monkeypatch.setattr("bangfu.cli.screening.named", lambda *_, **__: ("tester", scope))


# How each command names a file that it reads.
TAKES: dict[str, Callable[[Path, Path], tuple[object, ...]]] = {
    "check": lambda bad, good: ("check", bad),
    "check second file": lambda bad, good: ("check", good, bad),
    "check places": lambda bad, good: ("check", good, "--places", bad),
    "check confirmed": lambda bad, good: (
        *("check", good, "--places", good.with_name("places.csv")),
        *("--confirmed", bad),
    ),
    "allocate": lambda bad, good: ("allocate", "--problem", bad),
    "allocate pb": lambda bad, good: ("allocate", "--problem", bad.with_suffix(".pb")),
    "screen": lambda bad, good: ("screen", "--place", COUNTY, "--snapshot", bad),
    "screen places": lambda bad, good: ("screen", "--place", COUNTY, "--places", bad),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    write_places(folder / "places.csv")
    return write_xlsx(folder / "好.xlsx", national=people())


@pytest.fixture(scope="module", autouse=True)
def policy_read_once() -> object:
    """The policy is the same for all of these; reading it is most of what a bad file costs."""
    policy = checking.load_policy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "load_policy", lambda: policy)
        patch.setattr("bangfu.cli.screening.load_policy", lambda: policy)
        yield policy


@pytest.mark.parametrize("command", TAKES)
def test_no_such_file(command: str, good: Path, tmp_path: Path) -> None:
    bad = tmp_path / "没有.xlsx"
    refused(bangfu(*TAKES[command](bad, good)), 2, "没有")


@pytest.mark.parametrize("command", [name for name in TAKES if name != "screen"])
def test_a_folder(command: str, good: Path, tmp_path: Path) -> None:
    bad = tmp_path / "文件夹"
    bad.mkdir()
    bad.with_suffix(".pb").mkdir()
    refused(bangfu(*TAKES[command](bad, good)), 2, "文件夹")


@pytest.mark.parametrize("command", [name for name in TAKES if name != "screen"])
def test_a_file_one_may_not_read(
    command: str, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "密.xlsx"
    for path in (bad, bad.with_suffix(".pb")):
        path.write_bytes(b"x")
        path.chmod(0)
    opened = Path.open

    def as_a_clerk(self: Path, *args: object, **more: object) -> object:
        # Root may read every file; others are refused by the system itself.
        if self.stem == "密":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self))
        return opened(self, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", as_a_clerk)
    refused(bangfu(*TAKES[command](bad, good)), 2, "权限", "密")


@pytest.mark.parametrize("command", TAKES)
@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 50, b"PK\x03\x04" + bytes(60)])
def test_bytes_that_are_nothing(command: str, content: bytes, good: Path, tmp_path: Path) -> None:
    bad = tmp_path / "坏.xlsx"
    bad.write_bytes(content)
    bad.with_suffix(".pb").write_bytes(content)
    code = 2 if command == "screen" else 3
    with nothing_written(tmp_path):
        refused(bangfu(*TAKES[command](bad, good)), code, "坏")


def _broken(path: Path) -> None:
    whole = write_xlsx(path, national=people()).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _bare(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


def _formula(path: Path) -> None:
    rows = grid("income", [income(1), income(2, a1="=A1+1")])
    write_grids(path, {"户": grid("national", people()), "收入明细": rows})


def _national(*rows: Row) -> Callable[[Path], object]:
    return lambda path: write_xlsx(path, national=rows)


# What a workbook may have wrong, and what is said of it: the cell, and what would be right.
WRONG: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "half of it is missing": (_broken, ("损坏",)),
    "a package without sheets": (_bare, ("损坏",)),
    "no known sheet": (lambda p: write_grids(p, {"会议": [["时间", "地点"], [1, 2]]}), ("表头",)),
    "sheets without a cell": (lambda p: write_grids(p, {"空": [], "也空": []}), ("没有任何数据",)),
    "a header and no row is no data of persons": (
        lambda p: write_grids(p, {"x": [["户编号", "合同"], ["1", "2"]]}),
        ("表头",),
    ),
    "a column that must be there": (
        lambda p: write_grids(p, {"户": [row[:2] + row[3:] for row in grid("national", people())]}),
        ("户!1:1", "户编号"),
    ),
    "a column that comes twice": (
        lambda p: write_grids(p, {"户": [[*row, row[2]] for row in grid("national", people())]}),
        ("户!I1", "户编号"),
    ),
    "a formula that was never calculated": (_formula, ("收入明细!E3", "公式")),
    "an identity number that Excel has rounded": (
        _national(person(1, certificate=4.20527198001011e17)),
        ("全国系统导出!G2", "15"),
    ),
    "a required cell that is empty": (_national(person(1, household_no=None)), ("!C2", "不能空")),
    "a date that is none": (_national(person(1, birth="2026-02-31")), ("!I2",)),
    "a member twice": (_national(person(1), person(2), person(1)), ("!D4", "第 2 行", "重复")),
    "a sex that is none": (_national(person(1, sex="不详")), ("!F2", "男")),
    "a household in two villages": (
        _national(person(1), person(1, 2, village_name="陈家坝村")),
        ("420527100001", "不一样"),
    ),
    "an amount that is no number": (
        lambda p: write_xlsx(p, national=people(), income=[income(1, a1="两万")]),
        ("收入明细!E2", "两万"),
    ),
    "an amount beyond every budget": (
        lambda p: write_xlsx(p, national=people(), income=[income(1, a1=1e30)]),
        ("收入明细!E2",),
    ),
    "an infinite amount": (
        lambda p: write_xlsx(p, national=people(), income=[income(1, a1="1e999")]),
        ("收入明细!E2",),
    ),
    "a negative amount": (
        lambda p: write_xlsx(p, funds=[fund("F1", amount=-5)]),
        ("资金明细!G2", "-5"),
    ),
    "a cost of less than nothing": (
        lambda p: write_xlsx(p, projects=[project("P1", cost=-1)]),
        ("项目库!F2", "-1"),
    ),
    "half a fen": (
        lambda p: write_xlsx(p, national=people(), income=[income(1, a1="1.005")]),
        ("收入明细!E2", "1.005"),
    ),
    "more than a whole": (
        lambda p: write_xlsx(p, funds=[fund("F1", industry_at_least="155%")]),
        ("资金明细!J2", "155"),
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_workbooks_that_do_not_pass(case: str, tmp_path: Path) -> None:
    make, words = WRONG[case]
    path = tmp_path / "县.xlsx"
    make(path)
    with nothing_written(tmp_path):
        refused(bangfu("check", path, "--json", tmp_path / "f.json"), 3, *words)


def test_all_problems_are_told_at_once_with_their_cells(tmp_path: Path) -> None:
    first = write_xlsx(tmp_path / "一.xlsx", national=[person(1, sex="?"), person(2, birth="x")])
    second = write_xlsx(tmp_path / "二.xlsx", income=[income(1, a1="x"), income(2, year=None)])
    said = bangfu("check", first, second)
    refused(
        said,
        3,
        "一.xlsx:全国系统导出!F2",
        "一.xlsx:全国系统导出!I3",
        "二.xlsx:收入明细!E2",
        "二.xlsx:收入明细!D3",
        "4 处错误",
    )
    assert "4 errors" in bangfu("check", first, second, lang="en").err


def test_a_cell_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", "national", [person(1, sex="\x1b[2J\x07[bold]男")])
    said = bangfu("check", path)
    refused(said, 3, "�[2J�[bold]男")
    assert "\x1b" not in said.err


def test_personal_numbers_are_masked_in_what_is_said(tmp_path: Path) -> None:
    number = "420527198001110023"
    said = bangfu("check", write_xlsx(tmp_path / "a.xlsx", national=[person(1, sex=number)]))
    refused(said, 3, "420527********0023")
    assert number not in said.err


def test_what_office_people_have_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old .xls, a CSV in GB18030, a workbook with macros, each a sheet of the same households."""
    old = write_xls(tmp_path / "户.xls", "national", people())
    text = write_csv(tmp_path / "收入.csv", "income", [income(1), income(2)], "gb18030")
    macros = write_xlsx(tmp_path / "资金.xlsm", funds=[fund("F1")])
    with zipfile.ZipFile(macros, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"never run")
    places = write_places(tmp_path / "places.csv")
    found = tmp_path / "f.json"
    said = bangfu(
        "check", old, text, macros, "--places", places, "--on=2026-10-31", "--json", found
    )
    passed(said, "宏不会运行", "共 ")
    rows = json.loads(found.read_text("utf-8"))
    assert {row["place_code"] for row in rows} == {"420527101200", "420527101201"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("名,码\n1,2\n", ("places.csv", "code")),
        ("code,name\n420527000000,秭归县\n42052710120x,甲村\n", ("places.csv:3", "42052710120x")),
        ("code,name\n420527101200\n", ("places.csv:2",)),
        ("code,name\n", ("区划代码表",)),
        ('code,name\n420527101200,"' + "长" * 140_000 + '"\n', ("places.csv",)),
    ],
)
def test_places_that_do_not_pass(
    text: str, words: tuple[str, ...], good: Path, tmp_path: Path
) -> None:
    places = tmp_path / "places.csv"
    places.write_text(text, "utf-8")
    refused(bangfu("check", good, "--places", places), 3, *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("乡,村\n茅坪镇,陈坝村\n", ("confirmed.csv", "区划代码")),
        ("乡,村,区划代码\n茅坪镇,陈坝村,420527\n", ("confirmed.csv:2", "420527")),
        ("乡,村,区划代码\n茅坪镇,陈坝村\n", ("confirmed.csv:2",)),
        ("乡,村,区划代码\n茅坪镇,陈坝村,420527101299\n", ("confirmed.csv:2", "420527101299")),
        ('乡,村,区划代码\n茅坪镇,"' + "长" * 140_000 + '",420527101200\n', ("confirmed.csv",)),
    ],
)
def test_confirmed_names_that_do_not_pass(
    text: str, words: tuple[str, ...], good: Path, tmp_path: Path
) -> None:
    confirmed = tmp_path / "confirmed.csv"
    confirmed.write_text(text, "utf-8")
    places = write_places(tmp_path / "places.csv")
    refused(bangfu("check", good, "--places", places, "--confirmed", confirmed), 3, *words)


def test_confirmed_names_need_the_list_of_places(good: Path, tmp_path: Path) -> None:
    confirmed = tmp_path / "confirmed.csv"
    confirmed.write_text("乡,村,区划代码\n茅坪镇,陈坝村,420527101200\n", "utf-8")
    refused(bangfu("check", good, "--confirmed", confirmed), 2, "--places")


def test_a_thousand_villages_of_one_township_need_no_list(tmp_path: Path) -> None:
    """Made-up codes have three digits for a village; a workbook of a whole province has more names."""
    rows = [person(n, village_name=f"{n}村", sex="?") for n in range(1100)]
    refused(bangfu("check", write_xlsx(tmp_path / "a.xlsx", national=rows)), 3, "1100 处错误")


@pytest.mark.parametrize(
    "seal",
    [b"[]", b"{}", b'{"files": 1}', b'{"files": {"x": "y"}}', b"\xff", b"[" * 100_000, b"null"],
)
def test_a_snapshot_whose_seal_is_none(seal: bytes, tmp_path: Path) -> None:
    (tmp_path / "seal.json").write_bytes(seal)
    said = bangfu("screen", "--place", COUNTY, "--snapshot", tmp_path, "-o", tmp_path / "s.xlsx")
    assert said.code in (2, 3)
    refused(said, said.code, "快照")
    assert not (tmp_path / "s.xlsx").exists()
