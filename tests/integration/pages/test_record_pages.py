"""Records that come out: the household card, the book of a village, the register of a township, the file of
a county, on paper and as workbooks; the large ones in the background."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime

import openpyxl
import pytest
import typst

from bangfu.books.assistance.actions import agree_measure, end_measure, record_visit, start_measure
from bangfu.books.desk import records
from bangfu.books.households.models import Household, IncomeItem, Person
from bangfu.books.jobs.models import Task, TaskFile
from bangfu.books.jobs.worker import work
from bangfu.books.walls.scope import DataClass, Scope, within

TOWNSHIP, COUNTY = "420527101000", "420527000000"
VILLAGE, OTHER = "420527101200", "420527102201"
NUMBER, BESIDE = "4205270000000001", "4205270000000002"
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("bangfu.site.clock.now", lambda: NOW)


@pytest.fixture
def helped(two_villages, as_web):
    """The household of the first village with incomes, a measure that ended, one that waits, a visit."""
    with as_web():
        for item, fen in (("a1", 1_200_000), ("d2", 340_050), ("e1", 40_050)):
            IncomeItem.objects.create(
                household_id=NUMBER, place_code=VILLAGE, year=2026, item=item, fen=fen
            )
        for content, due in (("发放鸡苗", date(2026, 6, 30)), ("护理培训", date(2026, 12, 1))):
            measure = agree_measure(
                by="tester",
                household_no=NUMBER,
                family="industry_help",
                content=content,
                responsible="丙干部",
                agreed_on=date(2026, 3, 1),
                due_on=due,
                today=TODAY,
            )
            if content == "发放鸡苗":
                start_measure(by="tester", measure_id=measure.pk, on=date(2026, 3, 9), today=TODAY)
                end_measure(
                    by="tester",
                    measure_id=measure.pk,
                    on=date(2026, 6, 20),
                    result="已发五十只",
                    today=TODAY,
                )
        record_visit(
            by="tester",
            household_no=NUMBER,
            visited_on=date(2026, 10, 8),
            visitors="丙干部",
            seen="饮水正常",
            asked="修路",
            today=TODAY,
        )


@pytest.fixture
def printed(monkeypatch):
    """What was typeset, latest last: every text of the data that a template got, without spaces."""
    told: list[str] = []
    compiled = typst.compile

    def spy(template, **more):
        pdf = compiled(template, **more)
        assert pdf.startswith(b"%PDF")
        told.append("".join("".join(_texts(json.loads(more["sys_inputs"]["data"]))).split()))
        return pdf

    monkeypatch.setattr(typst, "compile", spy)
    return told


def _texts(data: object) -> list[str]:
    if isinstance(data, str):
        return [data]
    parts = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for part in parts for text in _texts(part)]


def book_of(content: bytes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_a_card_holds_the_household_its_ledger_its_plan_and_its_measures(
    helped, client_as, printed, as_web
):
    with as_web():
        Household.objects.filter(pk=NUMBER).update(identified_month=202611)
    client = client_as("village_clerk", VILLAGE)
    assert client.get(f"/households/{NUMBER}/card/").content.startswith(b"%PDF")
    words = printed[-1]
    assert "2026-11" in words
    assert "202611" not in words
    assert "产业帮扶：发放鸡苗" in words  # in the plan as among the measures
    for told in (
        *("甲虚构", NUMBER, "一户：家庭成员", "一账：收入", "一计划", "一套措施"),
        *("12,000.00", "3,400.50", "15,000.00", "务工", "低保"),  # 12,000 + 3,400.50 − 400.50
        *("发放鸡苗", "丙干部", "2026-06-20结束：已发五十只", "护理培训", "还没有开始"),
        *("饮水正常", "修路", "还没有领到", "户主签字"),
    ):
        assert told in words, told
    assert BESIDE not in words
    client.cookies.load({"language": "en"})
    assert client.get(f"/households/{NUMBER}/card/").content.startswith(b"%PDF")
    words = printed[-1]
    for told in ("Householdcard", "Theplan", "illness", "notstartedyet", "ended2026-06-20"):
        assert told in words, told


def test_a_card_as_a_workbook(helped, client_as):
    answer = client_as("village_clerk", VILLAGE).get(f"/households/{NUMBER}/card/?as=xlsx")
    sheets = book_of(answer.content)
    assert list(sheets) == ["户卡", "家庭成员", "收入明细", "帮扶措施", "走访"]
    assert sheets["帮扶措施"][1][2] == "发放鸡苗" or sheets["帮扶措施"][2][2] == "发放鸡苗"
    assert (NUMBER, 2026, "工资性收入", "务工", 12000) in sheets["收入明细"]


def test_the_card_of_another_village_is_not_to_be_had(helped, client_as):
    client = client_as("village_clerk", OTHER)
    assert client.get(f"/households/{NUMBER}/card/").status_code == 404
    assert client.get(f"/places/{VILLAGE}/records/?as=pdf").status_code == 404


def test_a_name_that_no_font_holds_is_left_to_the_hand(helped, client_as, as_web, printed):
    with as_web():
        Person.objects.filter(household_id=NUMBER).update(name="覃\U000323af")
    client = client_as("village_clerk", VILLAGE)
    for address in (f"/households/{NUMBER}/card/", f"/places/{VILLAGE}/records/?as=pdf"):
        assert client.get(address).content.startswith(b"%PDF")
        words = printed[-1]
        assert "覃〓" in words
        assert "请照系统页面手写补上" in words
    told = book_of(client.get(f"/places/{VILLAGE}/records/?as=xlsx").content)
    assert told["家庭成员"][1][2] == "覃\U000323af"


def test_the_book_of_a_village(helped, client_as, printed):
    client = client_as("village_team", VILLAGE)
    page = client.get(f"/places/{VILLAGE}/records/").content.decode()
    assert "村册" in page
    assert 'href="?as=pdf"' in page
    assert client.get(f"/places/{VILLAGE}/records/?as=pdf").content.startswith(b"%PDF")
    words = printed[-1]
    for told in (
        "村册",
        "秭归县茅坪镇示例村",
        "目录",
        "各户名册",
        "甲虚构",
        "发放鸡苗",
        "驻村工作队",
    ):
        assert told in words, told
    assert "乙虚构" not in words
    sheets = book_of(client.get(f"/places/{VILLAGE}/records/?as=xlsx").content)
    assert [row[2] for row in sheets["各户名册"][1:]] == [NUMBER]
    assert [row[0] for row in sheets["走访"][1:]] == [NUMBER]


def test_the_register_of_a_township(helped, client_as, printed):
    client = client_as("township_reviewer", TOWNSHIP)
    assert client.get(f"/places/{TOWNSHIP}/records/?as=pdf").content.startswith(b"%PDF")
    words = printed[-1]
    for told in ("乡簿", "各村", "示例村", "监测对象", "甲虚构", "2026年人口变动", "乡镇负责人"):
        assert told in words, told
    sheets = book_of(client.get(f"/places/{TOWNSHIP}/records/?as=xlsx").content)
    assert sheets["各村"][1] == ("示例村", VILLAGE, 1, 1, 1, 1)
    assert [row[2] for row in sheets["监测对象"][1:]] == [NUMBER]


def test_there_is_no_record_above_the_county(helped, client_as):
    client = client_as("keeper", "420500000000")
    assert client.get("/places/420500000000/records/").status_code == 404


def test_the_file_of_a_county_is_made_in_the_background(helped, client_as, printed):
    client = client_as("county_officer", COUNTY, username="officer")
    address = f"/places/{COUNTY}/records/"
    assert client.get(f"{address}?as=pdf").status_code == 409
    for form in ("pdf", "xlsx"):
        answer = client.post(address, {"as": form})
        assert answer.status_code == 302
    work(lambda: NOW, wait=False)
    page = client.get(answer["Location"]).content.decode()
    assert "县档已做好：秭归县。" in page
    pdf, book = (client.get(f"/jobs/{number}/files/1/").content for number in _tasks("officer"))
    assert pdf.startswith(b"%PDF")
    [words] = printed
    for told in ("县档", "各乡镇", "茅坪镇", "归州镇", "个案", "帮扶措施", "产业", "各月汇总"):
        assert told in words, told
    sheets = book_of(book)
    [families] = [rows for title, rows in sheets.items() if title.startswith("帮扶措施")]
    # A note, the heads, then: households, agreed, under way, ended, past their day.
    assert families[2][1:] == (1, 2, 0, 1, 0)
    assert "完成" in client.get(address).content.decode()


def _tasks(username: str) -> list[int]:
    with within(Scope((COUNTY,), frozenset({DataClass.PERSONS}), "test"), by=username):
        return list(Task.objects.order_by("pk").values_list("pk", flat=True))


def test_more_households_than_can_be_printed_at_once_wait_in_the_background(
    helped, client_as, as_web, monkeypatch
):
    monkeypatch.setattr(records, "AT_ONCE", 1)
    with as_web():
        Household.objects.create(household_no="4205270000000009", place_code=VILLAGE)
    client = client_as("village_clerk", VILLAGE, username="clerk")
    assert client.get(f"/places/{VILLAGE}/records/?as=xlsx").status_code == 409
    assert client.post(f"/places/{VILLAGE}/records/", {"as": "pdf"}).status_code == 302
    work(lambda: NOW, wait=False)
    with within(Scope((VILLAGE,), frozenset({DataClass.PERSONS}), "test"), by="clerk"):
        [file] = TaskFile.objects.all()
    assert file.name == f"村册-{VILLAGE}.pdf"
    # Who only reads asks for nothing.
    assert client_as("auditor", COUNTY).post(f"/places/{VILLAGE}/records/").status_code == 403
