"""Coming in: password, lock-out, second factor, recovery codes; and how a session ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from bangfu.books.accounts import actions, second_factor
from bangfu.books.accounts.models import Operator, RecoveryCode, SecondFactor
from bangfu.books.journal.models import Entry
from bangfu.books.places.models import Place
from bangfu.books.places.queries import current_code
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.errors import InputError
from bangfu.core.places import NATION
from bangfu.site import clock

COUNTY = "420527000000"
WORD, OTHER_WORD = "correct-horse-battery", "another-long-enough-word"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KEEPING = Scope((NATION,), frozenset(DataClass), "operators")


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """What protects a password takes half a second of each log-in, and is not what is asked here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def time(monkeypatch):
    """Move the clock: time(minutes=5)."""
    now = [START]
    monkeypatch.setattr(clock, "now", lambda: now[0])

    def later(**by: int) -> datetime:
        now[0] += timedelta(**by)
        return now[0]

    return later


@pytest.fixture
def officer(operator_of, time) -> Operator:
    operator = operator_of("county_officer", COUNTY, username="officer")
    with within(KEEPING, by="keeper"):
        actions.set_password(by="keeper", username="officer", password=WORD, place_code=COUNTY)
    return operator


def log_in(client: Client, password: str = WORD, **more: str):
    return client.post("/log-in/", {"username": "officer", "password": password, **more})


def test_a_right_password_opens_and_a_wrong_one_does_not(officer):
    client = Client()
    assert log_in(client, "wrong").status_code == 422
    assert client.get("/me/").status_code == 302
    assert log_in(client)["Location"] == "/"
    assert client.get("/me/").status_code == 200


def test_after_five_failures_the_account_waits_and_says_so(officer):
    client = Client()
    for _ in range(5):
        last = log_in(client, "wrong")
    assert last.status_code == 429
    told = log_in(Client()).content.decode()  # the right password, from elsewhere
    assert "锁定 15 分钟" in told
    assert "keeper" in log_in(Client(headers={"cookie": "language=en"})).content.decode()


def test_the_keeper_unlocks(officer, client_as):
    for _ in range(5):
        log_in(Client(), "wrong")
    keeper = client_as("keeper", COUNTY, username="kept")
    page = keeper.get("/admin/operators/officer/").content.decode()
    assert "暂时锁定" in page
    keeper.post("/admin/operators/officer/", {"do": "unlock", "reason": "本人来电"})
    assert log_in(Client()).status_code == 302
    with within(KEEPING, by="x"):
        assert Entry.objects.get(verb="accounts.unlock").reason == "本人来电"


@pytest.mark.parametrize("weak", ["short1", "1234567890123", "password123", "officer2026"])
def test_weak_passwords_are_refused(officer, weak):
    with pytest.raises(InputError), within(KEEPING, by="keeper"):
        actions.set_password(by="keeper", username="officer", password=weak, place_code=COUNTY)


def secret_of(client: Client) -> str:
    page = client.post(reverse("begin-second-factor")).content.decode()
    return page.split("<code>")[1].split("</code>")[0]


@pytest.fixture
def with_factor(officer, time) -> tuple[str, list[str]]:
    """The officer's secret and recovery codes, set on the pages."""
    client = Client()
    log_in(client)
    secret = secret_of(client)
    page = client.post(
        reverse("second-factor"), {"code": pyotp.TOTP(secret).at(clock.now())}
    ).content.decode()
    codes = [part.split("</code>")[0] for part in page.split("<code>")[1:]]
    assert len(codes) == 10
    assert client.get("/me/").status_code == 200  # this session goes on
    time(minutes=2)
    return secret, codes


def test_the_second_factor_is_asked_for(with_factor, time):
    secret, _ = with_factor
    client = Client()
    answer = log_in(client)
    assert answer["Location"].startswith("/log-in/code/")
    assert client.get("/me/").status_code == 302  # the password alone opens nothing
    code = pyotp.TOTP(secret).at(clock.now())
    assert client.post("/log-in/code/", {"code": "000000"}).status_code == 422
    assert client.post("/log-in/code/", {"code": code}).status_code == 302
    assert client.get("/me/").status_code == 200


def test_a_code_opens_once(with_factor):
    code = pyotp.TOTP(with_factor[0]).at(clock.now())
    for expected in (302, 422):
        client = Client()
        log_in(client)
        assert client.post("/log-in/code/", {"code": code}).status_code == expected


def test_an_old_code_and_a_late_one_open_nothing(with_factor, time):
    code = pyotp.TOTP(with_factor[0]).at(clock.now())
    client = Client()
    log_in(client)
    time(minutes=2)
    assert client.post("/log-in/code/", {"code": code}).status_code == 422
    time(minutes=4)
    late = pyotp.TOTP(with_factor[0]).at(clock.now())
    assert client.post("/log-in/code/", {"code": late})["Location"] == "/log-in/"


def test_a_recovery_code_opens_once(with_factor):
    for expected in (302, 422):
        client = Client()
        log_in(client)
        assert client.post("/log-in/code/", {"code": with_factor[1][0]}).status_code == expected


def test_wrong_codes_lock_too(with_factor):
    client = Client()
    log_in(client)
    for _ in range(5):
        last = client.post("/log-in/code/", {"code": "000000"})
    assert last.status_code == 429
    right = pyotp.TOTP(with_factor[0]).at(clock.now())
    assert client.post("/log-in/code/", {"code": right}).status_code == 429


def test_the_secret_is_sealed_and_nobody_elses(with_factor, connect):
    with within(Scope((), frozenset(), "look"), by="thief"):
        assert SecondFactor.objects.count() == RecoveryCode.objects.count() == 0
    with within(Scope((), frozenset(), "look"), by="officer"):
        assert with_factor[0].encode() not in bytes(SecondFactor.objects.get().secret)
        assert not RecoveryCode.objects.filter(digest__in=with_factor[1]).exists()


def test_a_lost_phone(with_factor, client_as):
    keeper = client_as("keeper", COUNTY, username="kept")
    keeper.post("/admin/operators/officer/", {"do": "remove-factor", "reason": "手机丢失"})
    assert log_in(Client())["Location"] == "/"


def test_county_roles_must_set_one_where_policy_is_enforced(officer, monkeypatch):
    monkeypatch.setenv("BANGFU_SECOND_FACTOR", "1")
    client = Client()
    assert log_in(client)["Location"] == "/me/second-factor/"
    for page in ("/", "/households/", "/me/"):
        assert client.get(page)["Location"] == "/me/second-factor/"
    secret = secret_of(client)
    client.post("/me/second-factor/", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert client.get("/me/").status_code == 200


def test_a_village_clerk_need_not(operator_of, time, monkeypatch):
    monkeypatch.setenv("BANGFU_SECOND_FACTOR", "1")
    operator_of("village_clerk", "420527101200", username="officer")
    with within(KEEPING, by="keeper"):
        actions.set_password(by="keeper", username="officer", password=WORD, place_code=COUNTY)
    assert log_in(Client())["Location"] == "/"


def test_idle_sessions_end(officer, time):
    client = Client()
    log_in(client)
    for _ in range(3):
        time(minutes=50)
        assert client.get("/me/").status_code == 200
    time(minutes=61)
    assert client.get("/me/")["Location"] == "/log-in/?next=/me/"


def test_no_session_outlasts_its_limit(officer, time):
    client = Client()
    log_in(client)
    for _ in range(14):
        time(minutes=50)
        assert client.get("/me/").status_code == 200
    time(minutes=50)
    assert client.get("/me/").status_code == 302


@pytest.mark.parametrize("change", ["role", "end", "password", "log-out", "close"])
def test_a_change_of_the_account_ends_its_sessions(officer, change, time):
    client = Client()
    log_in(client)
    with within(KEEPING, by="keeper"):
        if change == "role":
            actions.grant_role(
                by="keeper",
                username="officer",
                role="auditor",
                place_code=COUNTY,
                valid_from=START.date(),
            )
        elif change == "end":
            grant = officer.grants.get()
            actions.end_grant(by="keeper", grant_id=grant.pk, on=START.date(), reason="调离")
        elif change == "password":
            actions.set_password(
                by="keeper", username="officer", password=OTHER_WORD, place_code=COUNTY
            )
        elif change == "log-out":
            actions.force_log_out(by="keeper", username="officer", reason="x")
        else:
            actions.set_active(by="keeper", username="officer", active=False, reason="x")
    assert client.get("/me/").status_code == 302


def test_the_own_password(officer):
    here, elsewhere = Client(), Client()
    log_in(here)
    log_in(elsewhere)
    new = {"current": WORD, "password": OTHER_WORD, "again": OTHER_WORD}
    assert here.post("/me/password/", {**new, "current": "wrong"}).status_code == 422
    assert here.post("/me/password/", {**new, "again": "x"}).status_code == 422
    assert here.post("/me/password/", new).status_code == 302
    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302
    assert log_in(Client()).status_code == 422
    assert log_in(Client(), OTHER_WORD).status_code == 302


def test_an_auditor_changes_the_own_password_too(client_as):
    auditor = client_as("auditor", COUNTY, username="officer")
    with within(KEEPING, by="keeper"):
        actions.set_password(by="keeper", username="officer", password=WORD, place_code=COUNTY)
    auditor = Client()
    log_in(auditor)
    new = {"current": WORD, "password": OTHER_WORD, "again": OTHER_WORD}
    assert auditor.post("/me/password/", new).status_code == 302


def test_a_keeper_of_one_county_keeps_no_account_of_another(officer, client_as):
    other = client_as("keeper", "420528000000", username="kept")
    assert other.get("/admin/operators/officer/").status_code == 404
    assert "officer" not in other.get("/admin/operators/").content.decode()
    for sent in ({"do": "password", "password": OTHER_WORD}, {"do": "close", "reason": "x"}):
        assert other.post("/admin/operators/officer/", sent).status_code == 404
    with pytest.raises(Exception, match="not yours to keep"):
        elsewhere = Scope(("420528000000",), frozenset(), "operators")
        with within(elsewhere, by="kept"):
            actions.set_password(
                by="kept", username="officer", password=OTHER_WORD, place_code="420528000000"
            )
    assert log_in(Client()).status_code == 302


def test_accounts_are_opened_granted_and_ended_on_pages(client_as, time):
    keeper = client_as("keeper", COUNTY, username="kept")
    new = {
        "username": "xin",
        "display_name": "新人",
        "place_code": COUNTY,
        "id_number": "",
        "password": WORD,
    }
    assert (
        keeper.post("/admin/operators/new/", {**new, "place_code": "420528000000"}).status_code
        == 422
    )
    assert keeper.post("/admin/operators/new/", new)["Location"] == "/admin/operators/xin/"
    grant = {
        "do": "grant",
        "role": "finance",
        "place_code": COUNTY,
        "valid_from": "2026-11-01",
        "valid_to": "2027-01-01",
        "reason": "借调",
    }
    assert keeper.post("/admin/operators/xin/", grant).status_code == 302
    page = keeper.get("/admin/operators/xin/").content.decode()
    assert "财政" in page
    held = Operator.objects.get(username="xin")
    with within(KEEPING, by="x"):
        pk = held.grants.get().pk
    keeper.post(
        "/admin/operators/xin/", {"do": "end-grant", "grant": str(pk), "reason": "回原单位"}
    )
    with within(KEEPING, by="x"):
        assert str(held.grants.get().valid_to) == "2026-11-23"
        verbs = set(Entry.objects.filter(subject="operator xin").values_list("verb", flat=True))
    assert verbs == {
        "accounts.add",
        "accounts.set_password",
        "accounts.grant",
        "accounts.end_grant",
    }


def test_the_journal_is_filtered(client_as, officer):
    keeper = client_as("keeper", COUNTY, username="kept")
    page = keeper.get("/admin/journal/?verb=accounts.set_password").content.decode()
    rows = page.split("<tbody>")[1]
    assert "重设密码" in rows
    assert "授予角色" not in rows
    later = keeper.get("/admin/journal/?since=2030-01-01").content.decode().split("<main")[1]
    assert "没有符合条件的记录" in later


def test_the_journal_speaks_in_words(client_as, officer):
    keeper = client_as("keeper", COUNTY, username="kept")
    chinese = keeper.get("/admin/journal/?verb=accounts.grant").content.decode()
    rows = chinese.split("<tbody>")[1]
    assert "accounts.grant" not in rows
    assert "授予角色" in rows
    assert "账号 " in rows
    assert "角色：" in rows
    assert "{" not in rows


def test_places_are_renamed_recoded_and_merged(client_as, as_web):
    with as_web():
        for code, name in (("420527101200", "甲村"), ("420527101201", "乙村")):
            Place.objects.create(code=code, name=name, level=5)
    keeper = client_as("keeper", COUNTY, username="kept")
    here = "/admin/places/420527101200/"
    keeper.post(here, {"do": "rename", "name": "丙村", "reason": "批复"})
    recode = {"do": "recode", "new_code": "420527101202", "on": "2026-12-01", "reason": "批复"}
    assert keeper.post(here, {**recode, "new_code": "420527101201"}).status_code == 422
    assert keeper.post(here, recode).status_code == 302
    merge = {"do": "merge", "into": "420527101202", "on": "2026-12-01", "reason": "合村"}
    assert keeper.post("/admin/places/420527101201/", merge).status_code == 302
    assert keeper.post("/admin/places/420528101201/", merge).status_code == 404
    assert current_code("420527101200") == current_code("420527101201") == "420527101202"
    assert Place.objects.get(pk="420527101202").name == "丙村"


def test_second_factor_belongs_to_the_actor(with_factor):
    with within(Scope((COUNTY,), frozenset(), "look"), by="thief"):
        assert not second_factor.is_set("officer")


def test_the_session_cookie_is_not_for_scripts(officer):
    client = Client()
    log_in(client)
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
