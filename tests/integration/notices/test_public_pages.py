"""The board without log-in: what it shows, in which language, to whom, and by which role."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse

from bangfu.books.notices import actions
from bangfu.books.notices.models import Objection
from bangfu.books.notices.public_door import source_of
from bangfu.books.walls.guarded import opened
from bangfu.core.language import Text

VILLAGE, OTHER = "420527101200", "420527102201"
SUBMISSION = re.compile(r'name="submission" value="(\w{32})"')
RECEIPT = re.compile(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){2}")


def text(answer):
    return answer.content.decode()


def send(client, notice, *, language="public", **more):
    """Open the objection form and send it."""
    address = reverse(f"{language}:objection", args=[notice.pk])
    [submission] = SUBMISSION.findall(text(client.get(address)))
    return client.post(address, {"grounds": "他家有车", "submission": submission} | more)


@pytest.fixture
def board(publish):
    """An open notice in each of two townships, one over and one to come."""
    return {
        "open": publish(),
        "other": publish(place_code=OTHER, subject="case 2", title=Text("另一份", "Another")),
        "over": publish((-9, -1), subject="case 3", title=Text("已经期满", "Over")),
        "coming": publish((1, 5), subject="case 4", title=Text("还没开始", "Coming")),
    }


def test_from_the_county_to_the_village(board):
    client = Client()
    county = client.get("/public/", follow=True)
    assert county.redirect_chain == [("/public/places/420527000000/", 302)]
    assert "茅坪镇" in text(county) and "归州镇" in text(county)
    assert "另一份" in text(county)
    township = text(client.get("/public/places/420527101000/"))
    assert "示例村" in township and "另一份" not in township
    village = text(client.get(f"/public/places/{VILLAGE}/"))
    assert "监测对象识别公示" in village
    assert "已经期满" not in village and "还没开始" not in village
    nothing = client.get("/public/places/420527103000/")
    assert nothing.status_code == 200 and "没有正在公示" in text(nothing)
    for wrong in ("nonsense", "000000000000", "420000000000"):
        assert client.get(f"/public/places/{wrong}/").status_code == 404


def test_an_empty_board_says_so(places_known):
    assert "没有正在公示" in text(Client().get("/public/"))


def test_by_month_of_opening(publish, today):
    publish((-40, 5), title=Text("上月的", "Last month's"))
    publish(subject="case 2", title=Text("本月的", "This month's"))
    client = Client()
    address = f"/public/places/{VILLAGE}/?opened="
    earlier = today - timedelta(days=40)
    assert "上月的" in text(client.get(f"{address}{earlier:%Y-%m}"))
    assert "本月的" not in text(client.get(f"{address}{earlier:%Y-%m}"))
    assert "本月的" in text(client.get(f"{address}{today:%Y-%m}"))
    assert client.get(f"{address}2026-99").status_code == 200


def test_one_notice_with_rare_characters(board):
    shown = text(Client().get(f"/public/notices/{board['open'].pk}/"))
    assert "乙𬭎" in shown
    assert "共 4 天" in shown
    assert "data:image/svg+xml" in shown
    assert "tester" not in shown and "case 1" not in shown


def test_what_is_not_open_is_not_found_and_looks_as_if_it_never_was(board, as_web, now):
    with as_web():
        actions.withdraw(by="tester", notice=board["other"], reason="写错", now=now)
    client = Client()
    pages = [
        text(client.get(f"/public/notices/{number}/{page}"))
        for number in (board["over"].pk, board["coming"].pk, board["other"].pk, 10**6, 10**30)
        for page in ("", "objection/")
    ]
    plain = {re.sub(r"/notices/\d+/(objection/)?|\d\d:\d\d", "", page) for page in pages}
    assert len(plain) == 1
    assert "公示期已过" in plain.pop()
    assert client.get(f"/public/notices/{board['over'].pk}/").status_code == 404


def test_english_by_its_address(board):
    client = Client()
    shown = client.get(f"/public/en/notices/{board['open'].pk}/")
    assert "marginal household at risk" in text(shown)
    assert shown["Content-Language"] == "en"
    assert f'href="/public/notices/{board["open"].pk}/"' in text(shown)
    assert "/public/en/places/" in text(shown)
    assert "Head of household" in text(shown)
    # A cookie chosen in the office changes nothing here.
    client.cookies["language"] = "en"
    assert client.get("/public/", follow=True)["Content-Language"] == "zh-hans"


def test_an_objection_and_its_answer(board, as_web, now):
    client = Client()
    notice = board["open"]
    answer = send(client, notice, objector="丙虚构", phone="139 0000 0000")
    assert answer.status_code == 200
    [number] = set(RECEIPT.findall(text(answer)))
    waiting = client.post("/public/answer/", {"receipt": number.lower().replace("-", " ")})
    assert "还在核实" in text(waiting)
    with as_web():
        objection = Objection.objects.get(receipt=number)
        assert opened(objection.objector, actions.OBJECTOR) == "丙虚构"
        assert opened(objection.phone, actions.PHONE) == "13900000000"
        assert "127.0.0.1" not in objection.source_token
        actions.answer_objection(
            by="tester", objection=objection, answer="已更正。<b>", upheld=True, now=now
        )
    answered = text(client.post("/public/en/answer/", {"receipt": number}))
    assert "The objection is right" in answered and "已更正。&lt;b&gt;" in answered
    for wrong in ("2222-2222-2222", "abc", "", "x" * 31):
        refused = client.post("/public/answer/", {"receipt": wrong})
        assert refused.status_code == 422 and number not in text(refused)


def test_sent_twice_gives_the_same_receipt(board, as_web):
    client = Client()
    address = reverse("public:objection", args=[board["open"].pk])
    [submission] = SUBMISSION.findall(text(client.get(address)))
    given = {"grounds": "他家有车", "submission": submission}
    first, second = (text(client.post(address, given)) for _ in range(2))
    assert RECEIPT.findall(first) == RECEIPT.findall(second) != []
    with as_web():
        assert Objection.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"grounds": ""},
        {"grounds": "打我电话13912345678"},
        {"grounds": "字" * 2001},
        {"phone": "12345"},
        {"submission": "short"},
        {"grounds": "a\x00b"},
    ],
)
def test_a_wrong_objection_keeps_what_was_typed(board, wrong, as_web):
    answer = send(Client(), board["open"], **({"objector": "丙虚构"} | wrong))
    assert answer.status_code == 422
    assert "丙虚构" in text(answer)
    with as_web():
        assert not Objection.objects.exists()


def test_too_many_are_told_so_and_keep_their_words(board):
    client = Client()
    answers = [send(client, board["open"], grounds=f"第{n}条") for n in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 422]
    assert "提交得太多" in text(answers[3]) and "第3条" in text(answers[3])
    assert send(Client(REMOTE_ADDR="10.0.0.9"), board["open"]).status_code == 200


def test_the_source_is_the_proxys_word_only_behind_one(rf, monkeypatch):
    asked = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.5")
    assert source_of(asked) == "10.0.0.1"
    monkeypatch.setattr(settings, "PRODUCTION", True)
    assert source_of(asked) == "203.0.113.5"
    assert source_of(rf.get("/", REMOTE_ADDR="2001:db8:1:2:3::4")) == "2001:db8:1:2::/64"
    assert source_of(rf.get("/", REMOTE_ADDR="")) == "unknown"


def test_the_web_role_is_never_touched(board, client_as):
    def refuse(execute, sql, *rest):
        raise AssertionError(f"the web role was asked: {sql}")

    clients = (Client(), client_as("county_officer"))
    forged = Client()
    forged.cookies[settings.SESSION_COOKIE_NAME] = "forged"
    notice = board["open"].pk
    with (
        connections["default"].execute_wrapper(refuse),
        connections["owner"].execute_wrapper(refuse),
    ):
        for client in (*clients, forged):
            for address in (
                "/public/",
                "/public/places/420527000000/",
                f"/public/notices/{notice}/",
                "/public/notices/999999/",
                "/public/answer/",
            ):
                assert client.get(address, follow=True).status_code in (200, 404)
            assert send(client, board["open"]).status_code == 200
            assert client.post("/public/answer/", {"receipt": "2222-2222-2222"}).status_code == 422


def test_no_cookie_but_that_of_the_form(board):
    client = Client()
    for address in ("/public/", f"/public/notices/{board['open'].pk}/"):
        client.get(address, follow=True)
    assert not client.cookies
    client.get(f"/public/notices/{board['open'].pk}/objection/")
    assert list(client.cookies) == [settings.CSRF_COOKIE_NAME]
    strict = Client(enforce_csrf_checks=True)
    address = f"/public/notices/{board['open'].pk}/objection/"
    assert strict.post(address, {"grounds": "x", "submission": "a" * 32}).status_code == 403


def test_nobody_keeps_a_copy(board):
    client = Client()
    shown = client.get(f"/public/notices/{board['open'].pk}/")
    assert "private" in shown["Cache-Control"] and "max-age=0" in shown["Cache-Control"]
    assert "noindex" in shown["X-Robots-Tag"]
    receipt = send(client, board["open"])
    assert "no-store" in receipt["Cache-Control"]


def test_no_script_and_nothing_from_outside(board):
    shown = text(Client().get(f"/public/notices/{board['open'].pk}/"))
    assert "<script" not in shown and "style=" not in shown
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', shown)


def test_a_page_that_reads_cannot_write(board):
    seen = []

    def watch(execute, sql, *rest):
        seen.append(sql)
        return execute(sql, *rest)

    with connections["public"].execute_wrapper(watch):
        Client().get(f"/public/notices/{board['open'].pk}/")
    assert seen[0] == "set transaction read only"
