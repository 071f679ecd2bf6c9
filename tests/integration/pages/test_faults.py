"""What stands on the page when Django itself answers, and what is logged of a fault."""

from __future__ import annotations

import errno
import logging

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile

from bangfu.books.desk import views

pytestmark = pytest.mark.usefixtures("two_villages")
VILLAGE = "420527101200"
ROW = "张三 420527199001011234"


def test_an_address_that_is_not_there_has_a_page_of_the_house(client_as):
    answer = client_as("village_clerk", VILLAGE).get("/no-such-thing/")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()
    assert "回到首页" in answer.content.decode()


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
