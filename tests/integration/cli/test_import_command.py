"""`bangfu import`: whole or not at all, safe to repeat, and every refusal a sentence with its cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import psycopg
import pytest
from tests.unit.cli.running import TRACEBACK, Said, bangfu, passed, refused
from tests.unit.cli.workbooks import (
    COUNTY,
    OTHER,
    VILLAGE,
    fund,
    income,
    people,
    person,
    project,
    write_csv,
    write_xls,
    write_xlsx,
)

from bangfu.books.walls import roles

CALL = ("--place", COUNTY, "--year", "2026")
TABLES = (
    "households_household",
    "households_person",
    "households_incomeitem",
    "projects_project",
    "funds_fundline",
    "funds_entry",
    "journal_entry",
)
Rows = dict[str, int]


def bring(*files: object, more: tuple[object, ...] = ()) -> Said:
    return bangfu("import", *files, *CALL, *more)


@pytest.fixture
def held(books, server) -> Callable[[], Rows]:
    """How many rows each table of the books holds."""
    from django.db import connections

    name = connections["default"].settings_dict["NAME"]

    def counted() -> Rows:
        with psycopg.connect(
            host=str(server.socket), dbname=name, user="postgres", autocommit=True
        ) as admin:
            return {
                table: admin.execute(f"select count(*) from {table}").fetchone()[0]
                for table in TABLES
            }

    return counted


@pytest.fixture
def unchanged(held) -> object:
    """After the test the books hold what they held before it."""
    before = held()
    yield
    assert held() == before


def row_of(said: Said, name: str) -> list[str]:
    """The counts of one table in what an import tells: added, changed, unchanged, absent."""
    line = next(line for line in said.out.splitlines() if line.strip().startswith(name))
    return [cell.strip() for cell in line.replace("│", "|").split("|")][1:]


def test_a_county_comes_in_and_a_repeat_changes_nothing(books, held, tmp_path: Path) -> None:
    """Funds, projects, an old .xls and a CSV in GB18030 in one call."""
    files = (
        write_xls(tmp_path / "户.xls", "national", people()),
        write_csv(tmp_path / "收入.csv", "income", [income(1), income(2)], "gb18030"),
        write_xlsx(
            tmp_path / "资金.xlsx",
            funds=[fund("F1"), fund("F2")],
            projects=[project("P1"), project("P2", prerequisites="P1")],
        ),
    )
    said = bring(*files, more=("--dry-run",))
    passed(said, "没有写入")
    assert row_of(said, "户 ") == ["6", "0", "0", "0"]
    assert held()["households_household"] == held()["journal_entry"] - 1 == 0
    said = bring(*files)
    passed(said, "已导入")
    assert row_of(said, "人") == ["12", "0", "0", "0"]
    assert row_of(said, "资金") == ["2", "0", "0", "0"]
    after = held()
    assert after["funds_entry"] > 0
    said = bring(*files)
    passed(said, "已导入")
    assert row_of(said, "人") == ["0", "0", "12", "0"]
    assert row_of(said, "项目") == ["0", "0", "2", "0"]
    assert held() == after


def test_a_changed_import_tells_first_and_then_does(books, held, tmp_path: Path) -> None:
    bring(write_xlsx(tmp_path / "a.xlsx", national=people()))
    rows = [row for row in people(7) if not row["household_no"].endswith("0002")]
    rows[0]["phone"] = "13900000000"
    changed = write_xlsx(tmp_path / "b.xlsx", national=rows)
    before = held()
    said = bring(changed, more=("--dry-run",))
    passed(said, "没有写入", "42052710000001")
    assert row_of(said, "户 ") == ["1", "0", "5", "1"]
    assert row_of(said, "人") == ["2", "1", "9", "2"]
    assert held() == before
    said = bring(changed)
    assert row_of(said, "人") == ["2", "1", "9", "2"]
    assert held()["households_person"] == before["households_person"] + 2, "absent rows stay"


def test_errors_are_marked_in_the_users_own_workbook(books, unchanged, tmp_path: Path) -> None:
    bad = write_xlsx(
        tmp_path / "县.xlsx",
        national=[person(1, sex="?"), person(2)],
        projects=[project("P8", cost=-1)],
    )
    marked = tmp_path / "改.xlsx"
    refused(bring(bad, more=("--errors", marked)), 3, "全国系统导出!F2", "项目库!F2")
    book = openpyxl.load_workbook(marked)
    assert book.sheetnames[0] == "问题清单"
    assert "男" in book["全国系统导出"]["F2"].comment.text
    assert book["项目库"]["F2"].comment is not None
    assert book["全国系统导出"]["F3"].comment is None
    assert book["全国系统导出"]["F2"].value == "?"


def test_what_only_the_books_can_tell_is_marked_too_and_all_at_once(
    books, unchanged, tmp_path: Path
) -> None:
    bad = write_xlsx(
        tmp_path / "县.xlsx",
        funds=[fund("F8"), fund("F8")],
        projects=[
            project("Q1", prerequisites="Q3"),
            project("Q2", prerequisites="Q1"),
            project("Q3", prerequisites="Q2"),
            project("Q4", prerequisites="Q99"),
            project("Q5", cost=0),
            project("Q6", place_code="420528101200"),
            project("Q6"),
        ],
    )
    marked = tmp_path / "改.xlsx"
    said = bring(bad, more=("--errors", marked))
    refused(
        said, 3, "成环", "Q1 → Q3 → Q2 → Q1", "资金明细!A3", "项目库!I5", "项目库!F6", "项目库!D7"
    )
    assert "项目库!A8" in said.err
    book = openpyxl.load_workbook(marked)
    assert "成环" in book["项目库"]["I2"].comment.text
    assert book["资金明细"]["A3"].comment is not None


def test_a_village_spelt_differently_is_suggested_and_never_guessed(
    books, unchanged, tmp_path: Path
) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", national=[person(1, village_name="花果圆村")])
    refused(bring(path), 3, "全国系统导出!B2", "花果园村", OTHER, "确认")


def test_a_confirmed_spelling_counts(books, held, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", national=[person(71, village_name="花果圆村")])
    confirmed = tmp_path / "c.csv"
    confirmed.write_text(f"乡,村,区划代码\n茅坪镇,花果圆村,{OTHER}\n", "gb18030")
    before = held()
    passed(bring(path, more=("--confirmed", confirmed)), "已导入")
    assert held()["households_household"] == before["households_household"] + 1


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "区划代码"),
        ("乡,村\n", "区划代码"),
        (f"乡,村,区划代码\n茅坪镇,花果圆村,{COUNTY}\n", COUNTY),
        ("乡,村,区划代码\n茅坪镇,花果圆村,420527101299\n", "420527101299"),
    ],
)
def test_confirmed_spellings_that_are_none(
    books, unchanged, text: str, word: str, tmp_path: Path
) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", national=[person(1, village_name="花果圆村")])
    confirmed = tmp_path / "c.csv"
    confirmed.write_text(text, "utf-8")
    refused(bring(path, more=("--confirmed", confirmed)), 3, word)


def test_a_second_sheet_of_the_same_kind_is_not_lost(books, held, tmp_path: Path) -> None:
    """A project bank comes township by township, a file each."""
    before = held()
    one = write_xlsx(tmp_path / "1.xlsx", projects=[project("T1")])
    two = write_xlsx(tmp_path / "2.xlsx", projects=[project("T2")])
    passed(bring(one, two), "已导入")
    assert held()["projects_project"] == before["projects_project"] + 2
    clash = write_xlsx(tmp_path / "3.xlsx", projects=[project("T3"), project("T1")])
    refused(bring(one, clash), 3, "3.xlsx:项目库!A3")


@pytest.mark.parametrize(
    ("make", "code", "word"),
    [
        (lambda p: None, 2, "找不到"),
        (lambda p: p.mkdir(), 2, "文件夹"),
        (lambda p: p.write_bytes(b""), 3, "空文件"),
        (lambda p: p.write_bytes(b"PK\x03\x04" + bytes(99)), 3, "损坏"),
        (lambda p: p.write_text("a,b\n1,2\n"), 3, "文本文件"),
        (lambda p: write_xlsx(p, national=[person(1), person(1)]), 3, "重复"),
        (
            lambda p: write_xlsx(p, national=[person(1, place_code="420528101200")]),
            3,
            "420528101200",
        ),
        (lambda p: write_xlsx(p, funds=[fund("F9", amount=10**17)]), 3, "资金明细!G2"),
        (lambda p: write_xlsx(p, funds=[fund("F1", amount=100)]), 3, "资金明细!G2"),
    ],
)
def test_files_that_do_not_pass(
    books, unchanged, make: Callable[[Path], object], code: int, word: str, tmp_path: Path
) -> None:
    make(tmp_path / "a.xlsx")
    refused(bring(tmp_path / "a.xlsx"), code, word)


@pytest.mark.parametrize("content", [None, b"", b"\xff" * 9, b"code,name\nx,y\n", b"PK\x03\x04"])
def test_places_that_do_not_pass(books, unchanged, content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    if content is not None:
        path.write_bytes(content)
    refused(bangfu("places", path), 2 if content is None else 3, "places.csv")


def test_a_fault_of_ours_in_the_middle_leaves_nothing(
    books, unchanged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(**_: object) -> None:
        raise RuntimeError("lost")

    monkeypatch.setattr("bangfu.books.intake.importing.import_projects", lost)
    path = write_xlsx(tmp_path / "a.xlsx", national=[person(81)], projects=[project("P81")])
    said = bring(path)
    assert said.code == 5
    assert TRACEBACK in said.err


def test_two_imports_at_once_one_is_told(books, unchanged, server, tmp_path: Path) -> None:
    from django.db import connections

    name = connections["default"].settings_dict["NAME"]
    path = write_xlsx(tmp_path / "a.xlsx", national=[person(82)])
    with psycopg.connect(host=str(server.socket), dbname=name, user=roles.WEB) as other:
        key = "select pg_advisory_xact_lock(hashtext('households.import'), hashtext(%s))"
        other.execute(key, [COUNTY])
        refused(bring(path), 4, "另一次导入")


def test_an_operator_without_a_grant(books, unchanged, tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", national=[person(83)])
    refused(bring(path, more=("--as", "stranger")), 2, "stranger")


def test_a_place_that_the_books_do_not_know(books, tmp_path: Path) -> None:
    nowhere = ("--place", "999999999999")
    folder = tmp_path / "snapshot"
    refused(bangfu("rates", *nowhere, "--year", "2026"), 2, "账上没有这个地方")
    refused(bangfu("snapshot", "--month", "2026-10", *nowhere, "-o", folder), 2, "bangfu places")
    assert not folder.exists()


def test_snapshot_and_seal_and_recount(books, tmp_path: Path) -> None:
    bring(write_xlsx(tmp_path / "a.xlsx", national=people(), funds=[fund("F1")]))
    folder = tmp_path / "out" / "snapshot"
    call = ("snapshot", "--month", "2026-10", "--place", VILLAGE, "-o", folder)
    passed(bangfu(*call), "封条")
    passed(bangfu(*call), "封条")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me")
    refused(bangfu(*call[:-1], mine), 2, "别的文件")
    assert (mine / "letter.txt").read_text() == "keep me"
    refused(bangfu(*call[:-1], tmp_path / "a.xlsx" / "x"), 2, "a.xlsx")
    passed(bangfu("ledger", "verify"), "一致")
    refused(bangfu("ledger", "verify", "--published", tmp_path / "no.json"), 2, "no.json")
    for text in ("", "[1]", '[["420527000000", "x", 1]]', "{}", '[["42", 202610, "ab"]]'):
        (tmp_path / "p.json").write_text(text)
        refused(bangfu("ledger", "verify", "--published", tmp_path / "p.json"), 3, "p.json")
    refused(bangfu("ledger", "seal", "--month", "2199-12", "--place", COUNTY), 3, "2200-01-01")
    passed(bangfu("ledger", "seal", "--month", "2026-01", "--place", COUNTY), "月结摘要")
    refused(bangfu("ledger", "seal", "--month", "2026-01", "--place", COUNTY), 4, "已封")
    (tmp_path / "p.json").write_text('[["420527000000", 202601, "00"]]')
    refused(bangfu("ledger", "verify", "--published", tmp_path / "p.json"), 3, "202601")
