"""The pages of screening, policy and what-if, as a clerk, a county officer and an auditor see them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from bangfu.books.households.models import Household, IncomeItem, Person
from bangfu.books.jobs.models import Task
from bangfu.books.jobs.worker import work
from bangfu.books.screening import actions, whatif
from bangfu.books.screening.models import Dismissal, Finding
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.files.policy_folder import policy_in_force

COUNTY, VILLAGE, OTHER = "420527000000", "420527101200", "420527102201"
POOR, OTHERS = "4205270000000001", "4205270000000002"
ON = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")


@pytest.fixture
def incomes(two_villages):
    """5,000 yuan a head in one village, 9,500 in the other; the county is screened."""
    with within(EVERYWHERE, by="tester"):
        for number, village, fen in ((POOR, VILLAGE, 500_000), (OTHERS, OTHER, 950_000)):
            IncomeItem.objects.create(
                household_id=number, place_code=village, year=2026, item="a1", fen=fen
            )
    yield
    for one in list(whatif._laid.values()):
        one.close()
    whatif._laid.clear()


@pytest.fixture
def screened(incomes):
    with within(EVERYWHERE, by="tester"):
        actions.run_screening(
            by="tester", place_code=COUNTY, policy=policy_in_force(), on=ON, now=NOW
        )


def below_line() -> Finding:
    with within(EVERYWHERE, by="tester"):
        return Finding.objects.get(rule="below_line")


def test_from_the_overview_to_a_finding_and_its_dismissal(screened, client_as):
    clerk = client_as("village_clerk", VILLAGE)
    overview = clerk.get("/screening/").content.decode()
    assert f"/screening/findings/?place={VILLAGE}&amp;rule=below_line" in overview
    assert "/policy/rules/below_line/" in overview
    assert "现在排查全县" not in overview  # a village does not screen a county
    listed = clerk.get(f"/screening/findings/?place={VILLAGE}&rule=below_line").content.decode()
    assert "人均纯收入 5,000 元，低于 2026 年监测线 8,700 元" in listed
    finding = below_line()
    address = f"/screening/findings/{finding.pk}/"
    shown = clerk.get(address).content.decode()
    assert f"/cases/open/?household={POOR}&amp;finding=finding+{finding.pk}" in shown
    assert (
        clerk.get(f"/cases/open/?household={POOR}&finding=finding+{finding.pk}").status_code == 200
    )
    refused = clerk.post(address, {"reason": ""})
    assert refused.status_code == 422
    with within(EVERYWHERE, by="tester"):
        assert not Dismissal.objects.exists()
    assert clerk.post(address, {"reason": "收入漏报，已补"}).status_code == 302
    after = clerk.get(address).content.decode()
    assert "收入漏报，已补" in after
    assert "/cases/open/" not in after
    assert POOR not in clerk.get("/screening/findings/?rule=below_line").content.decode()
    away = clerk.get("/screening/findings/?rule=below_line&state=dismissed").content.decode()
    assert POOR in away
    assert clerk.post(f"{address}restore/").status_code == 302
    assert POOR in clerk.get("/screening/findings/?rule=below_line").content.decode()
    card = clerk.get(f"/households/{POOR}/").content.decode()
    assert "人均纯收入 5,000 元，低于 2026 年监测线 8,700 元" in card


def test_another_village_finds_nothing_of_it(screened, client_as):
    finding = below_line()
    stranger = client_as("village_clerk", OTHER)
    assert stranger.get(f"/screening/findings/{finding.pk}/").status_code == 404
    assert stranger.post(f"/screening/findings/{finding.pk}/", {"reason": "无"}).status_code == 404
    assert stranger.post(f"/screening/findings/{finding.pk}/restore/").status_code == 404
    assert stranger.get(f"/screening/?place={VILLAGE}").status_code == 404
    for address in (
        "/screening/",
        "/screening/findings/",
        "/screening/findings/?as=xlsx&state=any",
    ):
        assert POOR not in stranger.get(address).content.decode("utf-8", "replace")
    auditor = client_as("auditor", COUNTY)
    assert auditor.get(f"/screening/findings/{finding.pk}/").status_code == 200
    assert auditor.post(f"/screening/findings/{finding.pk}/", {"reason": "无"}).status_code == 403
    assert auditor.post("/screening/run/", {"place": COUNTY}).status_code == 403


def test_the_county_screens_in_the_background(incomes, client_as, monkeypatch):
    monkeypatch.setattr("bangfu.site.clock.now", lambda: NOW)
    officer = client_as("county_officer", COUNTY)
    assert "现在排查全县" in officer.get("/screening/").content.decode()
    sent = officer.post("/screening/run/", {"place": COUNTY})
    assert sent.status_code == 302
    assert officer.post("/screening/run/", {"place": COUNTY}).status_code == 409
    work(lambda: NOW, wait=False)
    with within(EVERYWHERE, by=f"county_officer-{COUNTY}"):
        task = Task.objects.get(kind="screening.run")
        assert (task.state, task.address) == ("done", "/screening/")
    officer.post("/language/", {"language": "en"})
    overview = officer.get("/screening/").content.decode()
    assert "2 households" in overview
    assert "/screening/findings/?place=420527101000&amp;kind=risk&amp;monitored=no" in overview
    below_line()


def test_every_value_has_its_source_and_its_history(incomes, client_as):
    clerk = client_as("village_clerk", VILLAGE)
    shown = clerk.get("/policy/?q=income.line").content.decode()
    assert "8,700" in shown or "8700" in shown
    assert "policy/income.toml:" in shown
    assert "未核实" in shown or "已核实" in shown
    assert "income.standard" not in shown
    older = clerk.get("/policy/?q=income.line&on=2023-06-01").content.decode()
    assert "8700" not in older
    clerk.post("/language/", {"language": "en"})
    history = clerk.get("/policy/values/income.line/").content.decode()
    assert history.count("policy/income.toml:") == sum(
        value.key == "income.line" for value in policy_in_force().values
    )
    assert clerk.get("/policy/values/no.such/").status_code == 404
    rules = [policy_in_force().all_checks[0].id, "below_line", "medical_over_threshold"]
    for rule in rules:
        assert clerk.get(f"/policy/rules/{rule}/").status_code == 200
    assert clerk.get("/policy/rules/no_such/").status_code == 404


def test_a_what_if_tells_who_comes_in_and_saves_nothing(incomes, client_as):
    officer = client_as("county_officer", COUNTY)
    now = officer.get("/policy/what-if/").content.decode()
    assert "1 户" in now
    raised = officer.get("/policy/what-if/?income.line=10000").content.decode()
    assert "1 户 → 2 户" in raised
    query = f"income.line=10000&at={OTHER}&group=concern"
    told = officer.get(f"/policy/what-if/households/?{query}&which=in").content.decode()
    assert OTHERS in told
    assert POOR not in told
    lowered = officer.get("/policy/what-if/?income.line=4000").content.decode()
    assert "1 户 → 0 户" in lowered
    refused = officer.get("/policy/what-if/?cutoff=3")
    assert refused.status_code == 422
    assert officer.post("/policy/what-if/", {"income.line": "1"}).status_code == 200
    with within(EVERYWHERE, by="tester"):
        assert not Finding.objects.exists()
        assert Household.objects.count() == 2
    assert policy_in_force().value("income.line", place=COUNTY, on=ON).value == 870_000


def test_laid_books_follow_every_change(incomes, client_as):
    officer = client_as("county_officer", COUNTY)
    assert "1 户 → 2 户" in officer.get("/policy/what-if/?income.line=10000").content.decode()
    with within(EVERYWHERE, by="tester"):
        IncomeItem.objects.filter(household_id=OTHERS).update(fen=5_000_000)
    assert "1 户 → 1 户" in officer.get("/policy/what-if/?income.line=10000").content.decode()


def test_a_narrower_scope_never_sees_what_a_wider_one_has_laid(incomes, client_as):
    address = "/policy/what-if/?income.line=100000"
    officer, clerk = client_as("county_officer", COUNTY), client_as("village_clerk", OTHER)
    assert "2 户" in officer.get(address).content.decode()
    assert "0 户 → 1 户" in clerk.get(address).content.decode()
    listed = f"/policy/what-if/households/?income.line=1&at={OTHER}&group=concern&which=out"
    assert POOR not in clerk.get(listed).content.decode()
    for outside in (VILLAGE, COUNTY):
        assert clerk.get(f"{address}&place={outside}").status_code == 404
        inner = f"{listed.replace(OTHER, outside)}&place={OTHER}"
        assert POOR not in clerk.get(inner, follow=True).content.decode()


def test_a_finding_of_the_household_is_told_once_and_names_whom_it_is_about(
    two_villages, client_as
):
    """A rule of the catalogue is raised for every member; only one lacks the answer."""
    with within(EVERYWHERE, by="tester"):
        Household.objects.filter(pk=POOR).update(risk_removed=False)
        Person.objects.filter(household_id=POOR).update(
            critical_illness=True, resident_medical=True
        )
        for number, name, insured in (("2", "丙虚构", True), ("3", "丁虚构", None)):
            Person.objects.create(
                household_id=POOR,
                place_code=VILLAGE,
                person_no=number,
                name=name,
                relation="之子",
                critical_illness=insured,
                resident_medical=True,
                certificate_length=18,
                certificate_valid=number != "2",
            )
        actions.run_screening(
            by="tester", place_code=COUNTY, policy=policy_in_force(), on=ON, now=NOW
        )
        raised = list(Finding.objects.filter(rule="2_12_010", household_no=POOR))
        [wrong, _same] = Finding.objects.filter(rule__in=("1_12_002", "1_12_003")).order_by("rule")
    assert len(raised) == 3
    clerk = client_as("village_clerk", VILLAGE)
    page = clerk.get(f"/households/{POOR}/").content.decode()

    def named(sentence: str) -> str:
        return re.search(f'{sentence}[^<]*</a> <span class="text-secondary">([^<]*)<', page)[1]

    told = "监测户里有人没有填是否参加大病保险。"
    assert page.count(told) == 1
    assert named(told) == "丁虚构"
    digits = "监测对象的18位身份证号校验码不对。"
    assert page.count(digits) == 1
    assert named(digits) == "丙虚构"
    one = clerk.get(f"/screening/findings/{raised[0].pk}/").content.decode()
    assert "丁虚构（" in one
    assert "甲虚构" not in one
    assert "<dd>丙虚构</dd>" in clerk.get(f"/screening/findings/{wrong.pk}/").content.decode()
    listed = clerk.get(f"/screening/findings/?rule={wrong.rule}").content.decode()
    assert "丙虚构" in listed
    overview = clerk.get("/screening/").content.decode()
    for rule in ("1_12_002", "1_12_003"):
        assert f'<span class="text-secondary">{rule}</span>' in overview
