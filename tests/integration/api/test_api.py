"""/api/v1: the scope, the verbs, tokens, cursors, refusals, and nothing kept of a refused request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from api_ground import (
    EVERYWHERE,
    MINE,
    NOT_MINE,
    NOW,
    OTHER,
    TOWNSHIP,
    VILLAGE,
)
from django.contrib.staticfiles import finders
from django.test import Client

from bangfu.books.accounts.models import ApiToken, Grant
from bangfu.books.cases.models import Case
from bangfu.books.households.models import Household
from bangfu.books.journal.models import Entry
from bangfu.books.notices import actions as notices
from bangfu.books.walls.scope import within
from bangfu.core.errors import ConflictError
from bangfu.core.language import Text
from bangfu.site import api, clock

pytestmark = pytest.mark.usefixtures("villages")
CLUE = {"channel": "干部定期排查", "clue": "户主住院，自付三万元"}


def post(client, where, **body):
    return client.post(where, body, content_type="application/json")


def opened(client) -> dict:
    answer = post(client, "/api/v1/cases", kind="monitoring", household_no=MINE, answers=CLUE)
    assert answer.status_code == 201, answer.json()
    return answer.json()


def test_without_a_token_nobody_comes_in(client_as):
    for client in (Client(), client_as("county_officer"), Client(headers={"Authorization": "x"})):
        answer = client.get("/api/v1/households")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert "令牌" in answer.json()["error"]["zh"]


def test_a_list_shows_the_scope_and_no_more(program_as):
    clerk = program_as("village_clerk", VILLAGE).get("/api/v1/households").json()
    assert [item["household_no"] for item in clerk["items"]] == [MINE]
    assert clerk["next"] is None
    county = program_as("county_officer").get("/api/v1/households").json()
    assert [item["household_no"] for item in county["items"]] == [MINE, NOT_MINE]


def test_not_found_and_not_yours_are_the_same(program_as):
    clerk = program_as("village_clerk", VILLAGE)
    answers = [clerk.get(f"/api/v1/households/{no}") for no in (NOT_MINE, "4299990000000009")]
    assert {answer.status_code for answer in answers} == {404}
    told = [{**answer.json(), "request": ""} for answer in answers]
    assert told[0] == told[1]


def test_a_household_carries_no_number(program_as):
    answer = program_as("village_clerk", VILLAGE).get(f"/api/v1/households/{MINE}")
    assert answer.json()["members"][0]["name"] == "甲虚构"
    for word in ("certificate", "phone", "bank"):
        assert word not in answer.content.decode()


def test_a_role_without_persons_is_told_so(program_as):
    answer = program_as("finance").get("/api/v1/households")
    assert answer.status_code == 403
    assert set(answer.json()["error"]) == {"zh", "en"}


def test_the_cursor_goes_through_everything_once(program_as):
    with within(EVERYWHERE, by="tester"):
        for number in range(10, 17):
            Household.objects.create(household_no=f"42052700000000{number}", place_code=VILLAGE)
    clerk, after, seen = program_as("village_clerk", VILLAGE), None, []
    while True:
        query = {"limit": 3} | ({"after": after} if after else {})
        page = clerk.get("/api/v1/households", query).json()
        assert len(page["items"]) <= 3
        seen += [item["household_no"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == 8


def test_a_case_is_opened_and_carried_on_by_the_same_verbs(program_as):
    clerk = program_as("village_clerk", VILLAGE)
    case = opened(clerk)
    now = [step["id"] for step in case["steps"] if step["state"] == "now"]
    assert now == [case["step"]] == ["verify"]
    assert case["steps"][0]["record"]["answers"] == CLUE
    where = f"/api/v1/cases/{case['id']}"
    missing = post(clerk, f"{where}/step", version=case["version"], answers={})
    assert missing.status_code == 422
    assert {"risks", "monitored_class"} <= {each["where"] for each in missing.json()["problems"]}
    stale = post(clerk, f"{where}/withdraw", version=case["version"] + 5, reason="重复")
    assert stale.status_code == 409
    done = post(clerk, f"{where}/withdraw", version=case["version"], reason="重复")
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    assert clerk.get("/api/v1/cases", {"state": "open"}).json()["items"] == []
    with within(EVERYWHERE, by="tester"):
        verbs = Entry.objects.filter(subject=f"case {case['id']}").values_list("verb", "actor")
        assert ("cases.withdraw", f"village_clerk-{VILLAGE}") in list(verbs)


def test_a_case_for_a_household_of_another_village_is_not_found(program_as):
    clerk = program_as("village_clerk", VILLAGE)
    answer = post(clerk, "/api/v1/cases", kind="monitoring", household_no=NOT_MINE, answers=CLUE)
    assert answer.status_code == 404


def test_a_second_case_of_a_kind_is_a_conflict(program_as):
    clerk = program_as("village_clerk", VILLAGE)
    opened(clerk)
    again = post(clerk, "/api/v1/cases", kind="monitoring", household_no=MINE, answers=CLUE)
    assert again.status_code == 409


def test_what_fails_after_a_write_has_written_nothing(program_as, monkeypatch):
    clerk = program_as("village_clerk", VILLAGE)

    def late(*_):
        raise ConflictError(Text("后来出错", "it failed late"))

    monkeypatch.setattr("bangfu.books.cases.api.endpoints.detail_of", late)
    answer = post(clerk, "/api/v1/cases", kind="monitoring", household_no=MINE, answers=CLUE)
    assert answer.status_code == 409
    with within(EVERYWHERE, by="tester"):
        assert not Case.objects.exists()
        assert not Entry.objects.filter(verb="cases.open").exists()


def test_reading_is_read_only_in_the_database(program_as, monkeypatch):
    clerk = program_as("village_clerk", VILLAGE)

    def writes(household):
        household.save()
        return {}

    monkeypatch.setattr("bangfu.books.households.api._line", writes)
    answer = clerk.get("/api/v1/households")
    assert answer.status_code in (400, 403)
    assert "error" in answer.json()


def test_a_token_that_only_reads_opens_no_case(program_as):
    clerk = program_as("village_clerk", VILLAGE, reads_only=True)
    assert clerk.get("/api/v1/households").status_code == 200
    answer = post(clerk, "/api/v1/cases", kind="monitoring", household_no=MINE, answers=CLUE)
    assert answer.status_code == 403
    assert "令牌只用于读取" in answer.json()["error"]["zh"]


def test_what_does_not_fit_the_schema_is_said_in_both_languages(program_as):
    clerk = program_as("village_clerk", VILLAGE)
    refused = clerk.get("/api/v1/households", {"limit": "1000"}).json()
    [problem] = refused["problems"]
    assert problem["where"].endswith("limit")
    assert problem["text"] == {"zh": "不能大于 200。", "en": "At most 200."}


def test_notices_with_their_rows(program_as):
    with within(EVERYWHERE, by="tester"):
        notice = notices.publish(
            by="tester",
            kind="recognition",
            place_code=VILLAGE,
            subject="test",
            title=Text("公示", "Notice"),
            rows=[{"head": "某某"}],
            opens_on=NOW.date(),
            closes_on=NOW.date() + timedelta(days=7),
            now=NOW,
        )
    clerk = program_as("village_clerk", VILLAGE)
    [line] = clerk.get("/api/v1/notices", {"state": "open"}).json()["items"]
    assert line["id"] == notice.pk
    one = clerk.get(f"/api/v1/notices/{notice.pk}").json()
    assert "某某" in one["rows"][0]
    other = program_as("village_clerk", OTHER)
    assert other.get(f"/api/v1/notices/{notice.pk}").status_code == 404


def test_the_docs_come_from_here_alone(database):
    page = Client().get("/api/v1/docs")
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    text = page.content.decode()
    assert "http://" not in text
    assert "https://" not in text
    for name in ("swagger-ui-bundle.js", "swagger-ui-init.js", "swagger-ui.css"):
        assert f"ninja/{name}" in text
        assert finders.find(f"ninja/{name}")
    schema = Client().get("/api/v1/openapi.json").json()
    assert {"/api/v1/households", "/api/v1/cases", "/api/v1/notices"} <= set(schema["paths"])


def test_every_operation_has_a_door():
    for router in api.ROUTERS.values():
        for view in router.path_operations.values():
            assert all(hasattr(operation.view_func, "door") for operation in view.operations)


# Tokens.


def make(client, **data):
    return client.post("/me/tokens/", {"name": "报表程序", "valid_to": "2026-12-31", **data})


def test_a_token_is_shown_once_kept_as_a_digest_and_revoked(client_as, villages):
    browser = client_as("village_clerk", VILLAGE)
    with within(EVERYWHERE, by="tester"):
        grant = Grant.objects.get(operator=f"village_clerk-{VILLAGE}").pk
    shown = make(browser, grants=[grant]).content.decode()
    secret = shown.split("<code>")[1].split("</code>")[0]
    assert secret not in browser.get("/me/tokens/").content.decode()
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/households").status_code == 200
    with within(EVERYWHERE, by=f"village_clerk-{VILLAGE}"):
        token = ApiToken.objects.get()
        assert secret not in str(vars(token))
        assert Entry.objects.filter(verb="accounts.make_token").exists()
    assert browser.post(f"/me/tokens/{token.pk}/revoke/").status_code == 302
    assert program.get("/api/v1/households").status_code == 401


def test_a_token_names_only_roles_that_are_held(client_as, operator_of):
    operator_of("county_officer")
    with within(EVERYWHERE, by="tester"):
        foreign = Grant.objects.get(operator__username__startswith="county_officer").pk
    answer = make(client_as("village_clerk", VILLAGE), grants=[foreign])
    assert answer.status_code == 422


def test_a_token_ends_at_most_a_year_on(client_as, villages):
    browser = client_as("village_clerk", VILLAGE)
    with within(EVERYWHERE, by="tester"):
        grant = Grant.objects.get(operator=f"village_clerk-{VILLAGE}").pk
    assert make(browser, grants=[grant], valid_to="2031-01-01").status_code == 422


def test_another_operators_token_is_not_found(client_as, program_as):
    program_as("village_clerk", VILLAGE, username="first")
    with within(EVERYWHERE, by="first"):
        token = ApiToken.objects.get()
    browser = client_as("village_clerk", VILLAGE, username="second")
    assert browser.post(f"/me/tokens/{token.pk}/revoke/").status_code == 404
    assert "test" not in browser.get("/me/tokens/").content.decode().split("<tbody>")[0]


def test_a_token_ends_by_date_and_with_its_role(program_as, monkeypatch):
    clerk = program_as("village_clerk", VILLAGE)
    with within(EVERYWHERE, by="tester"):
        Grant.objects.filter(operator=f"village_clerk-{VILLAGE}").update(valid_to=NOW.date())
    assert clerk.get("/api/v1/households").status_code == 403
    reviewer = program_as("township_reviewer", TOWNSHIP)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=30))
    assert reviewer.get("/api/v1/households").status_code == 401


def test_a_number_of_a_person_is_kept_out_of_free_text(program_as):
    clerk = program_as("village_clerk", VILLAGE)
    answers = CLUE | {"clue": "电话13800138000"}
    refused = post(clerk, "/api/v1/cases", kind="monitoring", household_no=MINE, answers=answers)
    assert refused.status_code == 422
    told = [each for each in refused.json()["problems"] if each["rule"] == "personal_number"]
    assert told and "clue" in told[0]["where"]
    assert "手机号码" in told[0]["text"]["zh"]
    assert "13800138000" not in refused.content.decode()
    opened(clerk)
