"""The rates of a year on their pages, in a workbook and in the terminal; and that scope holds."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from django.db import connections
from tests.integration.conftest import fresh_database, log_in_as
from tests.lib.planted import money_of

from bangfu.books.indicators.queries import readings
from bangfu.books.places.actions import load_places
from bangfu.books.projects.models import KeyVillage, Project
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.cli.__main__ import run
from bangfu.core.places import NATION, Place
from bangfu.files.policy_folder import policy_in_force

COUNTY, VILLAGE = "420527000000", "420527101200"
OUTSIDE, OUTSIDE_VILLAGE = "420528000000", "420528101200"
ON = date(2026, 11, 2)
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")


@pytest.fixture(scope="module")
def books(server, django_db_blocker):
    """A paid claim of 100 yuan in each of two counties; a key village of 4 households in the first."""
    with fresh_database(server, django_db_blocker) as name:
        with within(EVERYWHERE, by="tester"):
            rows = [
                Place("420000000000", "湖北省"), Place("420500000000", "宜昌市"),
                Place(COUNTY, "秭归县"), Place("420527101000", "茅坪镇"), Place(VILLAGE, "示例村"),
                Place(OUTSIDE, "邻县"), Place("420528101000", "邻镇"), Place(OUTSIDE_VILLAGE, "外村"),
            ]  # fmt: skip
            load_places(by="tester", rows=rows, source="test")
            KeyVillage.objects.create(
                place_code=VILLAGE, year=2026, registered_households=4, last_year_fen=90_000
            )
        money_of(COUNTY, VILLAGE, "甲")
        money_of(OUTSIDE, OUTSIDE_VILLAGE, "乙")
        yield name


@pytest.fixture(scope="module")
def officer(books):
    return log_in_as("county_officer")


def words(response):
    assert response.status_code == 200, response.content.decode()[-2000:]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_rates_of_the_books(books):
    with within(EVERYWHERE, by="tester"):
        found = {one.code: one for one in readings(COUNTY, 2026, on=ON, policy=policy_in_force())}
    assert (found["integration"].top, found["integration"].bottom) == (100_000, 100_000)
    assert (found["payment"].top, found["payment"].bottom) == (10_000, 100_000)
    assert found["payment-0930"].top == 0  # it was paid in November
    assert found["growth"].top == 10_000
    assert found["per-household"].value == 25_000
    assert [row.label for row in found["completion"].rows] == ["项目甲 甲"]


def test_a_reader_of_another_county_counts_nothing_of_this_one(books):
    there = Scope((OUTSIDE,), frozenset({DataClass.MONEY}), "test")
    with within(there, by="tester"):
        found = readings(COUNTY, 2026, on=ON, policy=policy_in_force())
    assert all(one.value is None for one in found)


def test_the_page_shows_every_rate_with_its_formula_and_leads_to_the_rows(officer):
    page = officer.get("/indicators/?year=2026")
    assert "资金整合率" in words(page)
    assert "100.00 %" in words(page)
    assert "未达到" in words(page)
    assert "政策要求不低于" in words(page)
    rows = words(officer.get("/indicators/payment/?year=2026"))
    assert "资金甲 甲" in rows
    assert "100.00" in rows
    assert "乙" not in rows
    assert "示例村" in words(officer.get("/indicators/per-village/?year=2026&only=counted"))


def test_there_is_no_such_rate(officer):
    assert officer.get("/indicators/no-rate/").status_code == 404


def test_the_workbook_has_all_rates_and_their_rows(officer):
    answer = officer.get("/indicators/?year=2026&as=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert {"资金整合率", "截至9月30日支出进度", "项目重复率"} <= set(book.sheetnames)
    cells = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert "资金整合率" in cells
    assert "100.00 %" in cells
    one = officer.get("/indicators/payment/?year=2026&as=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(one.content)).worksheets[0]
    assert ("资金甲 甲", 100, 1000) in list(sheet.iter_rows(values_only=True))


def test_a_pasted_sentence_is_checked_and_typed_amounts_are(officer):
    said = "2020年共计8.53亿元；2021年共计11.79亿元，比2020年增加20.7%。"
    told = words(officer.post("/indicators/numbers/", {"text": said}))
    assert "核对了 1 处，1 处对不上" in told
    assert "少了 17.5 个百分点" in told
    assert "都与项目金额相符" in told
    with within(EVERYWHERE, by="tester"):
        Project.objects.filter(number="项目甲").update(financing="总投资2000元，其中财政2100元。")
    books = words(officer.get("/indicators/numbers/?year=2026"))
    assert "其中各项 2000元：由 2100元 算得 2,100 元，少了 100 元" in books
    assert "合计 2000元：由 1,000 元 算得 1,000 元，多了 1,000 元" in books
    with within(EVERYWHERE, by="tester"):
        Project.objects.filter(number="项目甲").update(financing="财政资金0.1万元")
    assert "都与项目金额相符" in words(officer.get("/indicators/numbers/?year=2026"))


def test_the_terminal_reads_texts_and_workbooks(tmp_path, capsys):
    text = tmp_path / "通报.txt"
    text.write_text("共9.7亿元，包括2.3亿元、4.5亿元、2.35亿元、0.35亿元。", encoding="utf-8")
    assert run(["numbers", str(text), "--lang", "zh"]) == 1
    assert "核对了 1 处，1 处对不上" in capsys.readouterr().out
    text.write_text("全县48个贫困村。", encoding="utf-8")
    assert run(["numbers", str(text), "--lang", "zh"]) == 0
    assert "没有找到可以互相核对的数字" in capsys.readouterr().out
    sheet = tmp_path / "表.csv"
    sheet.write_text("来源,万元\n甲,30\n乙,70\n合计,100\n", encoding="utf-8")
    assert run(["numbers", str(sheet), "--all", "--lang", "en"]) == 0
    assert "1 checked, 0 fight" in capsys.readouterr().out


def test_a_village_clerk_does_not_get_them(books):
    clerk = log_in_as("village_clerk", VILLAGE)
    assert clerk.get("/indicators/").status_code == 403


def test_the_terminal_says_the_same(officer, monkeypatch, capsys):
    monkeypatch.setattr("bangfu.cli.operator.setup_django", lambda: None)
    monkeypatch.setenv("COLUMNS", "200")
    arguments = ["rates", "--place", "420527", "--year", "2026", "--on", "2026-11-02"]
    assert run([*arguments, "--as", f"county_officer-{COUNTY}", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert re.search(r"integration rate +│ +100.00 %", told)
    assert "policy asks at least 75.00 %" in told
    connections.close_all()
