"""A long list's workbook is made in the background, of exactly the rows that are seen."""

from __future__ import annotations

import io

import openpyxl
import pytest

from bangfu.books.jobs.models import State, Task
from bangfu.books.jobs.worker import work
from bangfu.site import clock

COUNTY, VILLAGE = "420527000000", "420527101200"


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr("bangfu.web.tables.MADE_AT_ONCE", 0)


def _rows(content: bytes) -> list[tuple[object, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return list(sheet.iter_rows(values_only=True))


def test_the_workbook_of_a_long_list_holds_the_rows_seen(client_as, two_villages, as_web):
    officer = client_as("county_officer", COUNTY, username="officer")
    page = officer.get(f"/households/?place={VILLAGE}&class=any").content.decode()
    assert f'action="/households/export/?place={VILLAGE}&amp;class=any"' in page
    asked = officer.post(f"/households/export/?place={VILLAGE}&class=any")
    work(clock.now, wait=False)
    with as_web(by="officer"):
        task = Task.objects.get()
        assert task.state == State.DONE, task.message_zh
        assert task.arguments == {"lang": "zh", "place": VILLAGE, "class": "any"}
    assert asked["Location"] == f"/jobs/{task.pk}/"
    made = _rows(officer.get(f"/jobs/{task.pk}/files/1/").content)
    at_once = officer.get(f"/households/?place={VILLAGE}&class=any&as=xlsx").content
    assert made == _rows(at_once)
    assert len(made) == 2  # the head, and the one household of the village


def test_a_name_looked_for_is_not_kept(client_as, two_villages):
    officer = client_as("county_officer", COUNTY)
    page = officer.get("/households/?q=虚构").content.decode()
    assert "/households/export/" not in page
    assert "as=xlsx" in page


def test_who_only_reads_gets_it_at_once(client_as, two_villages):
    auditor = client_as("auditor", COUNTY)
    page = auditor.get("/households/").content.decode()
    assert "/households/export/" not in page
    assert auditor.post("/households/export/").status_code == 403
