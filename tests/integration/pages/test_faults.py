"""What stands on the page when Django itself answers, and what is logged of a fault."""

from __future__ import annotations

import errno
import logging
from pathlib import Path

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections, connection

from bangfu.books.desk import views
from bangfu.books.households import searching
from bangfu.books.households.actions import members
from bangfu.books.households.models import Person
from bangfu.books.intake.models import Batch
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.files import atomic

pytestmark = pytest.mark.usefixtures("two_villages")
VILLAGE = "420527101200"
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")
ROW = "张三 420527199001011234"


def test_an_address_that_is_not_there_has_a_page_of_the_house(client_as):
    answer = client_as("village_clerk", VILLAGE).get("/no-such-thing/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()
    assert "回到首页" in answer.content.decode()


@pytest.mark.parametrize("address", ["/login/", "/no-such-thing/", "/public/"])
def test_a_host_that_is_not_ours_is_refused_and_not_repeated(client, address):
    answer = client.get(
        address, headers={"host": "elsewhere.example", "referer": "http://x.example"}
    )
    assert answer.status_code == 400
    assert "elsewhere" not in answer.content.decode()
    assert "发来的内容读不懂" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/households/?q=%00", "/households/4205%00/", "/screening/findings/?rule=%00", "/public/%00/"],
)
def test_a_character_that_no_book_holds_is_not_found(client_as, address):
    answer = client_as("county_officer").get(address)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_an_address_of_a_form_alone_says_so(client_as):
    answer = client_as("county_officer").get("/payments/batches/1/submit/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "这个地址只收表单" in answer.content.decode()


def test_a_fault_shows_the_number_it_is_logged_under_and_nothing_of_the_row(
    client_as, monkeypatch, caplog
):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(ROW)

    monkeypatch.setattr(views, "redirect", broken)
    clerk = client_as("village_clerk", VILLAGE)
    clerk.raise_request_exception = False
    with caplog.at_level(logging.ERROR, logger="bangfu.site"):
        answer = clerk.get("/")
    assert answer.status_code == 500
    number = answer["X-Request-Id"]
    assert number in answer.content.decode()
    [line] = [record.getMessage() for record in caplog.records if record.name == "bangfu.site"]
    assert number in line
    assert "RuntimeError" in line
    assert "test_faults.py" in line
    assert "张三" not in line
    assert "张三" not in answer.content.decode()


def test_a_disk_that_fills_while_an_upload_is_read_is_said(client_as, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploadhandler, "TemporaryUploadedFile", full)
    clerk = client_as("village_clerk", VILLAGE)
    clerk.raise_request_exception = False
    large = SimpleUploadedFile("large.xlsx", b"x" * (3 * 2**20))
    answer = clerk.post("/import/", {"files": large})
    assert answer.status_code == 503
    assert "磁盘空间不足" in answer.content.decode()


def test_a_form_without_its_token_is_told_to_reload(client_as):
    clerk = client_as("village_clerk", VILLAGE)
    clerk.handler.enforce_csrf_checks = True
    answer = clerk.post("/import/", {})
    assert answer.status_code == 403
    assert "刷新后再提交" in answer.content.decode()


def test_a_request_of_too_many_fields_is_refused_in_words(client_as):
    clerk = client_as("village_clerk", VILLAGE)
    answer = clerk.post("/import/", {f"field{n}": "1" for n in range(12_001)})
    assert answer.status_code == 400
    assert "读不懂" in answer.content.decode()


def test_a_disk_that_fills_while_an_upload_is_kept_is_said_and_then_all_is_well(
    client_as, monkeypatch, settings, tmp_path
):
    settings.UPLOADS = tmp_path
    clerk = client_as("village_clerk", VILLAGE)

    def send():
        workbook = SimpleUploadedFile("a.csv", "户编号\n1\n".encode())
        return clerk.post("/import/", {"place_code": VILLAGE, "year": "2026", "files": workbook})

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(atomic, "_flush", full)
        answer = send()
    assert answer.status_code in (422, 503)
    assert "磁盘空间不足" in answer.content.decode()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()], "nothing is half kept"
    with within(EVERYWHERE, by="tester"):
        assert not Batch.objects.exists()
    assert send().status_code == 302
    with within(EVERYWHERE, by="tester"):
        assert Batch.objects.count() == 1


def _stop_the_database(*_: object, **__: object) -> None:
    """What a server that is shut down does to a connection, done by the server itself."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(pg_backend_pid())")
    raise AssertionError("the connection outlived its end")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_database_that_goes_away_in_the_middle_is_said_and_then_all_is_well(
    client_as, monkeypatch, language
):
    clerk = client_as("village_clerk", VILLAGE)
    clerk.post("/language/", {"language": language})
    with monkeypatch.context() as gone:
        gone.setattr(searching, "found", _stop_the_database)
        answer = clerk.get("/households/")
    assert answer.status_code == 503
    page = answer.content.decode()
    assert ("数据库" if language == "zh-hans" else "connection to the database") in page
    assert "Traceback" not in page
    close_old_connections()  # as the server does between two requests
    assert clerk.get("/households/").status_code == 200


def test_a_database_that_goes_away_in_the_middle_of_an_act_leaves_nothing(client_as, monkeypatch):
    clerk = client_as("village_clerk", VILLAGE)
    born = {"kind": "birth", "sex": "女", "birth": "2026-10-30", "relation": "之女", "name": "甲新"}
    sent = {**born, "on": "2026-11-01", "document": "出生医学证明", "note": ""}
    where = "/households/4205270000000001/arrival/"
    with monkeypatch.context() as gone:
        gone.setattr(members, "record", _stop_the_database)  # the person's row is written by then
        answer = clerk.post(where, sent)
    assert answer.status_code in (422, 503)
    assert "没有写入任何内容" in answer.content.decode()
    close_old_connections()
    with within(EVERYWHERE, by="tester"):
        assert not Person.objects.filter(name="甲新").exists()
    assert clerk.post(where, sent).status_code == 302
    with within(EVERYWHERE, by="tester"):
        assert Person.objects.filter(name="甲新").count() == 1
