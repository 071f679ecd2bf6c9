"""Findings in the API: the scope, the filters, the reasons, the cursor, and the verbs."""

from __future__ import annotations

from datetime import date

import pytest
from api_ground import EVERYWHERE, MINE, NOT_MINE, OTHER, VILLAGE
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bangfu.books.journal.models import Entry
from bangfu.books.screening.models import Finding
from bangfu.books.walls.scope import within

FINDINGS = "/api/v1/findings"


@pytest.fixture(autouse=True)
def found(villages) -> dict[str, int]:
    """Three findings: two of my household, one of another village's."""
    with within(EVERYWHERE, by="tester"):
        return {
            name: Finding.objects.create(
                place_code=place,
                kind=kind,
                rule=rule,
                level=level,
                household_no=household,
                values='{"income": 600000, "line": 700000}',
                text_zh="人均 6000 元，低于 7000 元",
                text_en="6,000 yuan per head, below 7,000",
                monitored=False,
                first_seen=date(2026, 11, 1),
            ).pk
            for name, place, kind, rule, level, household in (
                ("risk", VILLAGE, "risk", "below_line", None, MINE),
                ("data", VILLAGE, "data", "1_01_001", 1, MINE),
                ("other", OTHER, "risk", "below_line", None, NOT_MINE),
            )
        }


def listed(client, **query: object) -> list[int]:
    answer = client.get(FINDINGS, query)
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["items"]]


def test_findings_of_the_scope_with_their_reasons(program_as, found):
    clerk = program_as("village_clerk", VILLAGE)
    assert listed(clerk) == [found["risk"], found["data"]]
    one = clerk.get(f"{FINDINGS}/{found['risk']}").json()
    assert one["reason"] == {
        "zh": "人均 6000 元，低于 7000 元",
        "en": "6,000 yuan per head, below 7,000",
    }
    assert one["values"] == {"income": 600000, "line": 700000}
    assert (one["state"], one["household_no"], one["place_code"]) == ("open", MINE, VILLAGE)


def test_by_place_rule_kind_and_household(program_as, found):
    officer = program_as("county_officer")
    assert listed(officer, place=OTHER) == [found["other"]]
    assert listed(officer, rule="below_line") == [found["risk"], found["other"]]
    assert listed(officer, rule="1_01_001") == [found["data"]]
    assert listed(officer, kind="data") == [found["data"]]
    assert listed(officer, household=NOT_MINE) == [found["other"]]
    assert listed(officer, household=NOT_MINE, kind="data") == []


def test_not_found_and_not_yours_are_the_same(program_as, found):
    clerk = program_as("village_clerk", VILLAGE)
    for ask in (
        lambda key: clerk.get(f"{FINDINGS}/{key}"),
        lambda key: clerk.post(
            f"{FINDINGS}/{key}/dismiss", {"reason": "x"}, content_type="application/json"
        ),
        lambda key: clerk.post(f"{FINDINGS}/{key}/restore"),
    ):
        answers = [ask(key) for key in (found["other"], 999_999)]
        assert {answer.status_code for answer in answers} == {404}
        assert len({str(answer.json() | {"request": ""}) for answer in answers}) == 1
    assert listed(clerk, household=NOT_MINE) == []


def test_the_cursor_goes_through_everything_and_counts_nothing(program_as, found):
    officer, after, seen = program_as("county_officer"), None, []
    while True:
        query = {"limit": 1} | ({"after": after} if after else {})
        with CaptureQueriesContext(connection) as queries:
            page = officer.get(FINDINGS, query).json()
        # A statement bound by the server is not told; those of the scope are.
        told = [one["sql"].lower() for one in queries if one["sql"]]
        assert any("screening_finding" in one for one in told)
        assert not [one for one in told if "count(" in one]
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(found.values())


def test_a_finding_is_dismissed_with_a_reason_and_restored(program_as, found):
    clerk = program_as("village_clerk", VILLAGE)
    where = f"{FINDINGS}/{found['risk']}"

    def dismiss(reason: str):
        return clerk.post(f"{where}/dismiss", {"reason": reason}, content_type="application/json")

    assert dismiss("").status_code == 422
    done = dismiss("已核实，收入漏记").json()
    assert done["state"] == "dismissed"
    assert [each["reason"] for each in done["dismissals"]] == ["已核实，收入漏记"]
    assert dismiss("again").status_code == 409
    assert listed(clerk) == [found["data"]]
    assert listed(clerk, state="dismissed") == [found["risk"]]
    assert clerk.post(f"{where}/restore").json()["state"] == "open"
    assert clerk.post(f"{where}/restore").status_code == 409
    with within(EVERYWHERE, by="tester"):
        verbs = list(Entry.objects.filter(verb__startswith="screening.").values_list("verb"))
    assert verbs == [("screening.dismiss",), ("screening.restore",)]


def test_who_may_only_read_dismisses_nothing(program_as, found):
    reader = program_as("county_officer", reads_only=True)
    where = f"{FINDINGS}/{found['risk']}/dismiss"
    answer = reader.post(where, {"reason": "x"}, content_type="application/json")
    assert answer.status_code == 403
    assert listed(reader, state="dismissed") == []
