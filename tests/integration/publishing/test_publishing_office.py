"""The office's pages of publishing, and its commands."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from publishing_ground import COUNTY, PERSON, VILLAGE, WORD, change, plant, published
from tests.integration.conftest import log_in_as

from bangfu.books.jobs.worker import work
from bangfu.cli import exporting
from bangfu.site import clock


@pytest.fixture
def officer(database) -> Client:
    plant()
    return log_in_as("county_officer", COUNTY)


def text(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def test_publish_now_and_take_off(officer):
    assert {each.kind for each in published()} == {"seal"}  # at once, as its month was sealed
    assert "台账月封" in text(officer, "/publishing/")
    assert officer.get("/publishing/now/").status_code == 405
    task = officer.post("/publishing/now/")["Location"]
    assert officer.post("/publishing/now/").status_code == 409  # one at a time
    work(clock.now, wait=False)
    assert "公开 5 项，撤下 0 项，暂不公开 0 项。" in text(officer, task)
    shown = text(officer, "/publishing/")
    [project] = published(kind="project")
    address = f"/public/open/projects/{project.series}/"
    assert address in shown and "公开中" in shown
    assert WORD in text(Client(), address)
    form = f"/publishing/{project.pk}/withdraw/"
    assert officer.post(form, {"reason": ""}).status_code == 422
    assert officer.post(form, {"reason": "地点写错"}).status_code == 302
    assert Client().get(address).status_code == 404
    assert "人工撤下" in text(officer, "/publishing/")
    assert officer.post(form, {"reason": "又一次"}).status_code == 422
    assert officer.get("/publishing/999999/withdraw/").status_code == 404


def test_what_is_held_back_is_told_with_its_reason(officer):
    assert "没有。" in text(officer, "/publishing/held/")
    change(task=f"改造{PERSON}住房")
    shown = text(officer, "/publishing/held/")
    assert "有本村人的姓名" in shown and WORD in shown


def test_commands_publish_and_export_what_is_public(officer, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(exporting, "setup_django", lambda: None)
    monkeypatch.setattr("bangfu.cli.operator.setup_django", lambda: None)
    name = f"county_officer-{COUNTY}"
    exporting.publish(place=COUNTY, operator=name, lang="en")
    assert "Published 5, took off 0, held back 0." in capsys.readouterr().out
    for export, file in (
        (exporting.export_oc4ids, "oc4ids.json"),
        (exporting.export_fiscal_data, "fiscal-data.zip"),
        (exporting.export_workbook, "open.xlsx"),
    ):
        output = tmp_path / "made" / file
        export(place=VILLAGE, year=2026, output=output, lang="en")
        assert output.stat().st_size > 1000
    package = json.loads((tmp_path / "made" / "oc4ids.json").read_text("utf-8"))
    assert package["projects"][0]["title"] == WORD
    assert package["uri"].endswith(f"/public/open/places/{COUNTY}/oc4ids.json")
