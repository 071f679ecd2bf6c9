"""Looking for red flags in real books: what fires, what people say of it, who sees it."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.db import connections
from tests.integration.conftest import fresh_database, log_in_as, make_operator
from tests.lib.planted import money_of
from tests.lib.policies import FOLDER

from bangfu.books.accounts.actors import actor_of
from bangfu.books.cases.models import Case
from bangfu.books.funds.models import Contract, FundLine
from bangfu.books.places.actions import load_places
from bangfu.books.projects.models import Bidder, DeliveryStep, KeyVillage, Project
from bangfu.books.projects.queries.bank import about
from bangfu.books.red_flags import actions, queries
from bangfu.books.red_flags.gathering import gather
from bangfu.books.red_flags.models import Flag, FlagRow, Run
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.cli.__main__ import run
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from bangfu.core.places import NATION, Level, Place
from bangfu.core.policy import Document, load
from bangfu.files.policy_folder import policy_in_force, read_policy

COUNTY, VILLAGE = "420527000000", "420527101200"
OUTSIDE, OUTSIDE_VILLAGE = "420528000000", "420528101200"
ON, NOW = date(2026, 11, 2), datetime(2026, 11, 2, 4, tzinfo=UTC)
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")


@pytest.fixture(scope="module")
def books(server, django_db_blocker):
    """Two counties with a project, a contract and a payment each; three tenders of one village, in which
    the same two firms met."""
    with fresh_database(server, django_db_blocker) as name:
        with within(EVERYWHERE, by="tester"):
            rows = [
                Place("420000000000", "湖北省"), Place("420500000000", "宜昌市"),
                Place(COUNTY, "秭归县"), Place("420527101000", "茅坪镇"), Place(VILLAGE, "示例村"),
                Place(OUTSIDE, "邻县"), Place("420528101000", "邻镇"), Place(OUTSIDE_VILLAGE, "外村"),
            ]  # fmt: skip
            load_places(by="tester", rows=rows, source="test")
        money_of(COUNTY, VILLAGE, "甲")
        money_of(OUTSIDE, OUTSIDE_VILLAGE, "乙")
        with within(EVERYWHERE, by="tester"):
            _went_into_the_bank_here("项目甲")
            for number, winner in enumerate(("一公司", "二公司", "一公司"), 1):
                _tendered(number, winner)
        for name_, role in (("officer", "county_officer"), ("clerk", "village_clerk")):
            make_operator(role, COUNTY if name_ == "officer" else VILLAGE, username=name_)
        yield name


def _went_into_the_bank_here(number: str) -> None:
    project = Project.objects.get(number=number)
    Case.objects.create(
        kind="project_admission", procedure="project_admission", place_code=VILLAGE, about=about(project),
        opened_on=ON, opened_by="tester", step="done", level=Level.VILLAGE, since=ON, due_on=ON,
    )  # fmt: skip


def _tendered(number: int, winner: str) -> None:
    project = Project.objects.create(
        number=f"T{number}", place_code=VILLAGE, year=2026, name=f"工程{number}", cost_fen=100,
        performance_target="有", status="admitted", department="交通局",
    )  # fmt: skip
    step = DeliveryStep.objects.create(
        project=project, place_code=VILLAGE, stage="tender", done_on=date(2026, 5, number),
        method="询价", party=winner, amount_fen=100, at=NOW, actor="tester",
    )  # fmt: skip
    for firm in ("一公司", "二公司"):
        Bidder.objects.create(step=step, place_code=VILLAGE, name=firm, won=firm == winner)


def last_day():
    """The day of the last look, before which nobody looks."""
    with within(EVERYWHERE, by="tester"):
        last = Run.objects.filter(place_code=COUNTY).order_by("-on").first()
        return last.on if last else ON


def look(on=None, policy=None):
    day, policy = on or last_day(), policy or policy_in_force()
    with within(EVERYWHERE, by="tester"):
        return actions.look(
            by="tester", place_code=COUNTY, year=2026, policy=policy, today=day, now=NOW
        )


def flag(rule, **more):
    with within(EVERYWHERE, by="tester"):
        return Flag.objects.get(rule=rule, county_code=COUNTY, **more)


@contextmanager
def working(username):
    """A transaction of an operator, who is yielded."""
    actor = actor_of(username, on=ON)
    with within(EVERYWHERE, by=username):
        yield actor


@pytest.fixture(scope="module")
def looked(books):
    return look()


def test_what_fires_on_real_rows(looked):
    with within(EVERYWHERE, by="tester"):
        rules = set(queries.flags().values_list("rule", flat=True))
    # Without a notice, paid after the cut-offs; firms that win in turn. Nothing else is wrong.
    assert rules == {"short_notice", "slow_payment", "rotating_bidders"}
    rotating = flag("rotating_bidders")
    assert "轮流中标：一公司、二公司、一公司" in rotating.reason_zh
    with within(EVERYWHERE, by="tester"):
        assert [row.kind for row in queries.rows(rotating)] == ["project"] * 3
    assert flag("short_notice").place_code == VILLAGE
    assert (looked.added, looked.changed, looked.gone) == (3, 0, 0)


def test_looking_again_changes_nothing(looked):
    with within(EVERYWHERE, by="tester"):
        before = FlagRow.objects.count()
    again = look()
    with within(EVERYWHERE, by="tester"):
        assert (again.found, again.added, again.changed, again.gone) == (3, 0, 0, 0)
        assert FlagRow.objects.count() == before


def test_a_look_on_an_earlier_day_is_refused(looked):
    with pytest.raises(ConflictError, match="the last look was on 2026-11-02"):
        look(date(2026, 10, 31))


def test_a_dismissed_flag_stays_until_its_rows_change(looked):
    with within(EVERYWHERE, by="tester"):
        KeyVillage.objects.create(place_code=VILLAGE, year=2026, registered_households=4)
    assert look().added == 1  # a village below three million
    low = flag("low_village")
    with working("officer") as by:
        with pytest.raises(InputError):
            actions.dismiss(by=by, flag_id=low.pk, reason=" ", today=ON)
        actions.dismiss(by=by, flag_id=low.pk, reason="资金在途", today=ON)
        with pytest.raises(ConflictError):
            actions.dismiss(by=by, flag_id=low.pk, reason="再说", today=ON)
    look()
    assert flag("low_village").state == "dismissed"
    with within(EVERYWHERE, by="tester"):
        Project.objects.filter(number="项目甲").update(name="改了名")
    assert look().changed >= 1
    assert (flag("low_village").state, flag("low_village").said) == ("open", "")


def test_a_flag_that_is_no_longer_found_is_gone_and_comes_back(looked):
    with within(EVERYWHERE, by="tester"):
        KeyVillage.objects.get_or_create(place_code=VILLAGE, year=2026)
    look()
    with within(EVERYWHERE, by="tester"):
        KeyVillage.objects.all().delete()
    assert look(date(2026, 11, 3)).gone == 1
    assert flag("low_village").gone_on == date(2026, 11, 3)
    with within(EVERYWHERE, by="tester"):
        KeyVillage.objects.create(place_code=VILLAGE, year=2026)
    look(date(2026, 11, 4))
    low = flag("low_village")
    assert (low.gone_on, low.found_on) == (None, ON)


def test_a_flag_is_taken_to_an_inspection_and_opened_again(looked):
    rotating = flag("rotating_bidders")
    with working("officer") as by:
        taken = actions.take_to_finding(by=by, flag_id=rotating.pk, note="督查 3 号", today=ON)
        assert (taken.state, taken.said_by) == ("finding", "officer")
        actions.reopen(by=by, flag_id=rotating.pk)
        with pytest.raises(ConflictError):
            actions.reopen(by=by, flag_id=rotating.pk)
        with pytest.raises(NotFoundError):
            actions.reopen(by=by, flag_id=999_999)


def test_a_county_says_in_its_policy_when_a_flag_fires(looked):
    look()
    shipped = read_policy(FOLDER)
    [signs] = [each.text for each in shipped if each.label == "policy/signs.toml"]
    [turns] = [each for each in signs.split("\n[[sign]]") if 'id = "in_turn"' in each]
    own = turns.replace("000000000000", COUNTY).replace("winners > 1", "winners > 2")
    policy = load([*shipped, Document("policy/zigui.toml", f"[[sign]]{own}")])
    look(policy=policy)
    assert flag("rotating_bidders").gone_on == last_day()
    look()
    assert flag("rotating_bidders").gone_on is None


def test_who_decides_about_flags(looked):
    missing = flag("short_notice")
    with working("clerk") as by, pytest.raises(ForbiddenError):
        actions.dismiss(by=by, flag_id=missing.pk, reason="不", today=ON)


def test_a_declared_relation_makes_the_payment_a_flag(looked):
    with working("officer") as by:
        relation = actions.declare_relation(
            by=by, place_code=COUNTY, decider="department", party="甲", party_code="",
            what="配偶任职", today=date(2026, 1, 1),
        )  # fmt: skip
    look()
    related = flag("related_payee")
    assert "department" in related.reason_zh
    with working("officer") as by:
        actions.end_relation(by=by, relation_id=relation.pk, today=date(2026, 10, 1))
        with pytest.raises(ConflictError):
            actions.end_relation(by=by, relation_id=relation.pk, today=ON)
    look()
    assert flag("related_payee").gone_on == last_day()  # over before the contract was signed


def test_terms_changed_after_acceptance_are_in_the_history(looked):
    with within(EVERYWHERE, by="tester"):
        accepted = {"accepted_on": date(2026, 5, 1), "accepted_fen": 90}
        Project.objects.filter(number="T1").update(**accepted)
        Project.objects.filter(number="T1").update(accepted_fen=95)
    look()
    late = flag("after_the_fact")
    with within(EVERYWHERE, by="tester"):
        told = [row.text_zh for row in queries.rows(late)]
    assert "验收认定金额：90 → 95，tester" in told
    with within(EVERYWHERE, by="tester"):
        Project.objects.filter(number="T1").update(accepted_on=None, accepted_fen=None)


def test_money_outside_its_line_and_a_contract_of_forbidden_words(looked):
    with within(EVERYWHERE, by="tester"):
        FundLine.objects.filter(number="资金甲").update(purposes=["产业发展"])
        Project.objects.filter(number="项目甲").update(task="修建村委会办公楼")
    look()
    assert "资金甲 的用途" in flag("wrong_purpose").reason_zh
    assert "办公楼" in flag("negative_wording").reason_zh
    with within(EVERYWHERE, by="tester"):
        FundLine.objects.filter(number="资金甲").update(purposes=None)
        Project.objects.filter(number="项目甲").update(task="")


def test_only_the_own_county_is_seen_and_looked_at(looked):
    there = Scope((OUTSIDE,), frozenset(DataClass), "test")
    with within(there, by="tester"):
        assert not Flag.objects.exists()
        assert not FlagRow.objects.exists()
        seen = gather(COUNTY, 2026, on=ON, policy=policy_in_force())
        assert (list(seen.lines), list(seen.projects), list(seen.contracts)) == ([], [], [])
    persons = Scope((COUNTY,), frozenset({DataClass.PERSONS}), "test")
    with within(persons, by="tester"):
        assert not Flag.objects.exists()
    with within(EVERYWHERE, by="tester"):
        assert not Contract.objects.filter(place_code=OUTSIDE, number="合同甲").exists()


def words(response):
    assert response.status_code == 200, response.content.decode()[-2000:]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_pages_from_looking_to_dismissal(looked, monkeypatch):
    monkeypatch.setattr("bangfu.site.clock.now", lambda: NOW + timedelta(days=30))
    client = log_in_as("county_officer", COUNTY, username="pages")
    assert client.post("/red-flags/look/?year=2026").status_code == 302
    listed = words(client.get("/red-flags/?year=2026"))
    assert "轮流中标" in listed
    assert "现在查找" in listed
    only = client.get("/red-flags/?year=2026&rule=short_notice")
    assert "没有入库公示" in words(only)
    assert "轮流中标：一公司" not in words(only)
    book = client.get("/red-flags/?year=2026&rule=short_notice&as=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert any("却没有公示" in str(row) for row in sheet.iter_rows(values_only=True))
    address = f"/red-flags/{flag('short_notice').pk}/"
    page = client.get(address)
    assert "补公示" in words(page)
    assert "公示次数为0且在本系统办理入库" in words(page)
    assert "policy/signs.toml:" in words(page)
    assert f"/projects/{project_pk('项目甲')}/" in page.content.decode()
    refused = client.post(address, {"act": "dismiss", "reason": ""})
    assert refused.status_code == 422
    assert client.post(address, {"act": "dismiss", "reason": "已补"}).status_code == 302
    assert "已排除" in words(client.get(address))
    assert client.post(f"{address}reopen/").status_code == 302
    assert "待核实" in words(client.get(address))


def project_pk(number):
    with within(EVERYWHERE, by="tester"):
        return Project.objects.get(number=number).pk


def test_the_page_of_declared_relations(looked):
    client = log_in_as("finance", COUNTY, username="money")
    sent = client.post(
        "/red-flags/relations/",
        {"decider": "payer", "party": "某公司", "party_code": "", "what": "持股"},
    )
    assert sent.status_code == 302
    assert "某公司" in words(client.get("/red-flags/relations/"))


def test_the_terminal_looks_and_lists(looked, monkeypatch, capsys):
    monkeypatch.setattr("bangfu.cli.operator.setup_django", lambda: None)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("bangfu.site.clock.today", last_day)
    arguments = ["watch", "--place", "420527", "--year", "2026", "--as", "officer", "--lang", "en"]
    assert run(arguments) == 0
    told = capsys.readouterr().out
    assert "Losing bidders who win in turn" in told
    assert re.search(r"16 rules, \d+ flags", told)
    connections.close_all()


def test_no_record_of_an_imported_project_is_told_once_for_the_county(books):
    with within(EVERYWHERE, by="tester"):
        actions.look(
            by="tester", place_code=OUTSIDE, year=2026, policy=policy_in_force(), today=ON, now=NOW
        )
        one = Flag.objects.get(rule="short_notice", county_code=OUTSIDE)
        assert (one.subject_kind, one.about) == ("county", "no_record")
        assert [row.text_zh for row in queries.rows(one)] == ["项目乙 乙"]
