"""The exports under the checkers of their standards, without a network, and what they tell."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import frictionless
import jsonschema
import libcove.lib.common
import libcoveoc4ids.api
import pytest
from django.test import Client
from publishing_ground import COUNTY, PERSON, VILLAGE, WORD

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"


def fetched(end: str, *, language: str = "", code: str = COUNTY) -> bytes:
    answer = Client().get(f"/public/{language}open/places/{code}/{end}")
    assert answer.status_code == 200
    return answer.content


@pytest.fixture
def schemas_at_hand(monkeypatch):
    """The standard's schema and codelists from tests/data, where its checker asks the network."""

    def read(url, **_):
        path = SCHEMAS / "oc4ids" / url.rpartition("/")[2]
        if path.suffix == ".csv":
            path = path.parent / "codelists" / path.name
        content = path.read_bytes()
        return SimpleNamespace(
            text=content.decode(),
            json=lambda **more: json.loads(content, **more),
            iter_lines=lambda: iter(content.splitlines()),
            raise_for_status=lambda: None,
        )

    monkeypatch.setattr(libcove.lib.common, "get_request", read)


def checked(package: dict) -> dict:
    return libcoveoc4ids.api.oc4ids_json_output(json_data=package)


def test_oc4ids_is_valid(ground, schemas_at_hand, tmp_path):
    package = json.loads(fetched("oc4ids.json"))
    told = checked(package)
    assert told["validation_errors"] == []
    assert told["validation_errors_count"] == 0
    assert not told.get("data_only"), told["data_only"]
    assert told["conformance_checks"] == []
    assert told["additional_checks"] == []
    assert told["additional_closed_codelist_values"] == {}
    # An open codelist of measures, to which every publisher adds the own.
    assert {each["codelist"] for each in told["additional_open_codelist_values"].values()} == {
        "metricID.csv"
    }


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda p: p["projects"][0].update(status="begun"), "additional_closed_codelist_values"),
        (lambda p: p["projects"][0].update(id="x"), "conformance_checks"),
        (lambda p: p["projects"][0]["parties"].clear(), "additional_checks"),
        (lambda p: p.pop("publisher"), "validation_errors"),
    ],
)
def test_the_checker_finds_what_is_wrong(ground, schemas_at_hand, spoil, found):
    package = json.loads(fetched("oc4ids.json"))
    spoil(package)
    assert checked(package)[found]


def test_oc4ids_tells_the_project_and_nobody(ground):
    content = fetched("oc4ids.json")
    [project] = json.loads(content)["projects"]
    assert project["id"] == f"oc4ids-bangfu-420527-项目{WORD}"
    assert project["title"] == WORD and project["status"] == "completion"
    assert project["budget"]["amount"] == {"amount": 1000, "currency": "CNY"}
    [process] = project["contractingProcesses"]
    assert process["summary"]["contractValue"] == {"amount": 900, "currency": "CNY"}
    assert [t["value"]["amount"] for t in project["transactions"]] == [100]
    assert project["metrics"][0]["observations"][0]["measure"] == "40.00"
    assert PERSON not in content.decode()


def test_the_prefix_is_a_setting(ground, settings):
    settings.OC4IDS_PREFIX = "oc4ids-abc123"
    [project] = json.loads(fetched("oc4ids.json", code=VILLAGE))["projects"]
    assert project["id"].startswith("oc4ids-abc123-420527-")


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        package.extractall(folder)
    return folder / "datapackage.json"


def beside_its_profile(descriptor: dict) -> list[str]:
    """What the JSON schema of the Fiscal Data Package finds wrong."""
    profile = json.loads((SCHEMAS / "fiscal" / "fiscal-data-package.json").read_text("utf-8"))
    return [error.message for error in jsonschema.Draft4Validator(profile).iter_errors(descriptor)]


def test_fiscal_data_is_valid(ground, tmp_path):
    descriptor = unpacked(fetched("fiscal-data.zip"), tmp_path)
    report = frictionless.Package(str(descriptor)).validate()
    assert report.valid, report.to_summary()
    assert [task.name for task in report.tasks] == ["lines", "movements"]
    assert beside_its_profile(json.loads(descriptor.read_text("utf-8"))) == []


def test_the_checker_of_fiscal_data_finds_what_is_wrong(ground, tmp_path):
    descriptor = unpacked(fetched("fiscal-data.zip"), tmp_path)
    table = (tmp_path / "movements.csv").read_text("utf-8")
    (tmp_path / "movements.csv").write_text(table.replace("资金", "无此资金"), "utf-8")
    assert not frictionless.Package(str(descriptor)).validate().valid
    told = json.loads(descriptor.read_text("utf-8"))
    del told["model"]["measures"]
    assert len(beside_its_profile(told)) == 1


def test_movements_sum_to_zero_in_each_book_and_lines_to_their_stages(ground, tmp_path):
    descriptor = unpacked(fetched("fiscal-data.zip"), tmp_path)
    package = frictionless.Package(str(descriptor))
    moves = package.get_resource("movements").read_rows()
    sums: dict = {}
    for row in moves:
        sums[row["posting"], row["book"]] = (
            sums.get((row["posting"], row["book"]), 0) + row["amount"]
        )
    assert len(sums) >= 6 and set(sums.values()) == {0}
    [line] = package.get_resource("lines").read_rows()
    # Each stage with what went on from it: half of what was claimed is paid, and nothing is lost on the way.
    assert {column: line[column] for column in list(line)[5:]} == {
        "announced": 1000,
        "taken_back": 0,
        "received": 1000,
        "allocated": 1000,
        "committed": 900,
        "claimed": 200,
        "paid": 100,
        "free": 0,
    }


def test_the_workbook_is_in_both_languages(ground):
    for language, titles in (
        ("", ["项目", "计划", "拨付", "绩效"]),
        ("en/", ["Projects", "Plan", "Payments", "Results"]),
    ):
        content = fetched("open.xlsx", language=language)
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = book.read("xl/workbook.xml").decode()
            told = "".join(book.read(name).decode() for name in book.namelist())
        for title in titles:
            assert f'name="{title}"' in names
        assert WORD in told and "硬化路面14百米" in told
        assert PERSON not in told and "丙*构" in told


def test_what_is_not_public_has_no_file(ground):
    for end in ("oc4ids.json", "fiscal-data.zip", "open.xlsx"):
        assert Client().get(f"/public/open/places/420528000000/{end}").status_code == 404
    for end in ("oc4ids.json", "fiscal-data.zip"):
        assert Client().get(f"/public/open/places/{COUNTY}/{end}?year=2011").status_code == 404
