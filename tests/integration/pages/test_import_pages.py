"""The import in the browser, from workbooks with errors to a receipt."""

from __future__ import annotations

import errno
import io
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from tests.unit.cli.workbooks import COUNTY, income, people, write_places, write_xlsx

from bangfu.books.households.models import Household, IncomeItem, Person
from bangfu.books.intake.models import Batch
from bangfu.books.jobs.models import Task
from bangfu.books.jobs.worker import work
from bangfu.books.places.actions import load_places
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.core.sheets.catalogue import TEMPLATES
from bangfu.files.intake import read_places

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")


@pytest.fixture
def places(database, tmp_path):
    rows = read_places(write_places(tmp_path / "places.csv"))
    with within(EVERYWHERE, by="tester"):
        load_places(by="tester", rows=rows, source="test")


@pytest.fixture
def officer(places, client_as):
    return client_as("county_officer", username="officer")


@pytest.fixture
def workbook(tmp_path):
    """The bytes of a workbook with two households' incomes; with `spoilt`, one has no amount of money."""

    def written(*, spoilt: bool = False) -> bytes:
        path = tmp_path / "书.xlsx"
        rows = [income(1), income(2, a1="很多") if spoilt else income(2)]
        write_xlsx(path, national=people(), income=rows)
        return path.read_bytes()

    return written


def _send(browser, *files: tuple[str, bytes], place: str = COUNTY, **more: str):
    uploaded = [SimpleUploadedFile(name, content) for name, content in files]
    return browser.post(
        "/import/", {"files": uploaded, "place_code": place, "year": "2026", **more}
    )


def _work() -> None:
    work(lambda: NOW, wait=False)


def _held() -> tuple[int, int]:
    with within(EVERYWHERE, by="tester"):
        return Household.objects.count(), IncomeItem.objects.count()


def test_from_the_upload_to_the_receipt(officer, workbook):
    sent = _send(officer, ("户.xlsx", workbook()))
    assert sent.status_code == 302
    address = sent["Location"]
    assert "排队" in officer.get(address).content.decode()
    _work()
    state = officer.get(f"{address}state/")
    assert state["HX-Refresh"] == "true"
    preview = officer.get(address).content.decode()
    assert "将会改变什么" in preview
    assert "确认导入" in preview
    assert _held() == (0, 0)
    officer.post(f"{address}confirm/", {"_submission": "once"})
    officer.post(f"{address}confirm/", {"_submission": "once"})
    officer.post(f"{address}confirm/")
    with within(EVERYWHERE, by="tester"):
        assert Task.objects.filter(kind="intake.bring_in").count() == 1
    _work()
    receipt = officer.get(address).content.decode()
    assert "回执：已导入" in receipt
    assert _held() == (6, 2)
    # The same workbooks again change nothing.
    again = _send(officer, ("户.xlsx", workbook()))["Location"]
    _work()
    assert "新增 0 行、改变 0 行" in officer.get(again).content.decode()


def test_every_error_is_listed_and_the_marked_workbook_comes_back(officer, workbook):
    address = _send(officer, ("户.xlsx", workbook(spoilt=True)))["Location"]
    _work()
    page = officer.get(address).content.decode()
    assert "有错要改" in page
    assert "确认导入" not in page
    assert "很多" in page
    listed = officer.get(f"{address}?as=xlsx")
    rows = list(
        openpyxl.load_workbook(io.BytesIO(listed.content)).active.iter_rows(values_only=True)
    )
    assert "很多" in rows[1]
    with within(Scope((COUNTY,), frozenset(DataClass), "test"), by="officer"):
        task = Batch.objects.get().check_task
    marked = officer.get(f"/jobs/{task.pk}/files/1/")
    book = openpyxl.load_workbook(io.BytesIO(marked.content))
    assert book.sheetnames[0] == "问题清单"
    refused = officer.post(f"{address}confirm/")
    assert refused.status_code == 409
    assert _held() == (0, 0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("户.xlsx", b"\xff\xd8\xff\xe0 not a table", "JPEG 图片"),
        ("户.xlsx", b"PK\x03\x04 cut", "已损坏"),
        ("户.csv", b"", "空"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_the_form(officer, name, content, said):
    answer = _send(officer, (name, content))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with within(EVERYWHERE, by="tester"):
        assert not Batch.objects.exists()


def test_a_workbook_with_nothing_known_is_told(officer):
    address = _send(officer, ("a.csv", "甲,乙\n1,2\n".encode()))["Location"]
    _work()
    page = officer.get(address).content.decode()
    assert "有错要改" in page
    assert "确认导入" not in page


def test_a_request_that_is_too_large_is_refused_before_it_is_read(officer, settings):
    settings.MAX_REQUEST = 1000
    answer = _send(officer, ("户.csv", b"x" * 2000))
    assert answer.status_code == 422
    assert "没有收下" in answer.content.decode()


def test_an_auditor_reads_and_does_not_import(places, client_as):
    auditor = client_as("auditor")
    assert "不能导入" in auditor.get("/import/").content.decode()
    assert _send(auditor, ("a.csv", b"x,y\n")).status_code == 403


def test_nobody_imports_for_another_place(places, client_as):
    clerk = client_as("village_clerk", "420527101200")
    assert _send(clerk, ("a.csv", b"x,y\n"), place=COUNTY).status_code == 422


def test_a_batch_is_not_there_for_others(officer, workbook, client_as):
    address = _send(officer, ("户.xlsx", workbook()))["Location"]
    colleague = client_as("county_approver", username="colleague")
    for part in ("", "state/", "check/", "confirm/"):
        assert colleague.get(address + part).status_code == 404
    assert colleague.post(f"{address}confirm/").status_code == 404
    assert "officer" not in colleague.get("/import/").content.decode()


def test_uploads_lie_sealed_outside_the_web_root(officer, settings):
    _send(officer, ("户.csv", "张虚构,420527199001010014\n".encode()))
    kept = [path for path in settings.UPLOADS.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert b"420527199001010014" not in path.read_bytes()
        assert oct(path.stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("only", ["", ".bangfu-"], ids=["any file", "the kept file"])
def test_a_full_disk_is_told_and_leaves_nothing(
    officer, workbook, monkeypatch, settings, tmp_path, only
):
    settings.UPLOADS = tmp_path / "uploads"  # what is kept already is not written again
    content, real = workbook(), Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name.startswith(only):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        answer = _send(officer, ("户.xlsx", content))
    assert answer.status_code == 422
    assert "磁盘空间不足" in answer.content.decode()
    with within(EVERYWHERE, by="tester"):
        assert not Batch.objects.exists()
    # All is well when there is room again.
    assert _send(officer, ("户.xlsx", content)).status_code == 302


def test_an_import_that_the_database_has_no_room_for_leaves_nothing(
    officer, workbook, table_on_full_disk
):
    """The disk of one of the tables is really full in the middle of the import: nothing of any table is
    written, the page says it, and the same batch is imported when there is room again."""
    address = _send(officer, ("户.xlsx", workbook()))["Location"]
    _work()
    disk = table_on_full_disk("households_incomeitem")
    assert officer.post(f"{address}confirm/").status_code == 302
    _work()
    assert _held() == (0, 0)
    with within(EVERYWHERE, by="tester"):
        assert not Person.objects.exists()
        waiting = Task.objects.order_by("-pk").first()
        assert "磁盘空间不足" in waiting.message_zh
        assert waiting.state == "waiting"
    assert "磁盘空间不足" in officer.get(address).content.decode()
    disk.grow(8)
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set scheduled_at = now()")
    _work()
    households, incomes = _held()
    assert households and incomes


def test_empty_workbooks_are_offered_where_the_import_asks_for_them(officer):
    page = officer.get("/import/").content.decode()
    for kind in ("households", "roster", "funds", "projects"):
        assert f'href="?template={kind}"' in page
        book = openpyxl.load_workbook(
            io.BytesIO(officer.get(f"/import/?template={kind}").content), read_only=True
        )
        sheets = [sheet.name for sheet in TEMPLATES[kind]]
        assert [name for name in book.sheetnames if name != "选项"] == sheets
    assert officer.get("/import/?template=none").status_code == 404
    answer = _send(officer, ("无表头.csv", "甲,乙\n1,2\n".encode()))
    _work()
    assert "在网站“导入”页下载" in officer.get(answer["Location"]).content.decode()
