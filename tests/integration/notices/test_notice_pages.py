"""Notices in the office: by role and place, objections, withdrawal, the paper."""

from __future__ import annotations

import pytest
from django.conf import settings

from bangfu.books.journal.models import Entry
from bangfu.books.notices import actions, queries
from bangfu.books.notices.models import Notice, Objection
from bangfu.core.language import Text

VILLAGE, OTHER = "420527101200", "420527102201"


def text(answer):
    return answer.content.decode()


@pytest.fixture
def objection(publish, as_web, today, now):
    notice = publish()
    with as_web():
        return actions.enter_objection(
            by="tester",
            notice=notice,
            grounds="他家有车",
            received_on=today,
            now=now,
            objector="丙虚构",
            phone="13900000000",
        )


def test_the_list_by_state_place_and_objections(publish, client_as, objection):
    publish((-9, -1), subject="case 2", title=Text("期满的", "Over"))
    publish((1, 5), subject="case 3", place_code=OTHER, title=Text("要来的", "Coming"))
    county = client_as("county_officer")
    everything = text(county.get("/notices/"))
    assert all(title in everything for title in ("监测对象识别公示", "期满的", "要来的"))
    assert "期满的" not in text(county.get("/notices/?state=open"))
    assert "要来的" in text(county.get("/notices/?state=coming"))
    here = text(county.get(f"/notices/?place={VILLAGE}"))
    assert "期满的" in here and "要来的" not in here
    objected = text(county.get("/notices/?objections=open"))
    assert "监测对象识别公示" in objected and "期满的" not in objected
    assert county.get("/notices/?as=xlsx").content[:2] == b"PK"
    county.post("/language/", {"language": "en"})
    assert "Notice of recognition" in text(county.get("/notices/"))


def test_another_village_is_not_found(publish, client_as, objection):
    clerk = client_as("village_clerk", OTHER)
    notice = objection.notice_id
    for address in (
        f"/notices/{notice}/",
        f"/notices/{notice}/print/",
        f"/notices/{notice}/withdraw/",
        f"/notices/{notice}/objections/new/",
        f"/notices/objections/{objection.pk}/",
        "/notices/999999/",
    ):
        assert clerk.get(address).status_code == 404, address
    assert clerk.post(f"/notices/{notice}/withdraw/", {"reason": "x"}).status_code == 404
    assert "监测对象识别公示" not in text(clerk.get("/notices/"))


def test_a_cadre_enters_and_another_answers(publish, client_as, as_web, today):
    notice = publish()
    clerk = client_as("village_clerk", VILLAGE)
    sent = clerk.post(
        f"/notices/{notice.pk}/objections/new/",
        {"grounds": "名单漏了人", "objector": "丁虚构", "received_on": today.isoformat()},
    )
    assert sent.status_code == 302
    assert "名单漏了人" in text(clerk.get(sent["Location"]))
    township = client_as("township_reviewer", "420527101000")
    assert "待答复" in text(township.get(f"/notices/{notice.pk}/"))
    with as_web():
        assert queries.standing("case 1", on=today).open_objections == 1
    unanswered = township.post(sent["Location"], {"answer": "", "upheld": "no"})
    assert unanswered.status_code == 422
    assert township.post(sent["Location"], {"answer": "已补上", "upheld": "yes"}).status_code == 302
    assert township.post(sent["Location"], {"answer": "又", "upheld": "no"}).status_code == 422
    with as_web():
        kept = Objection.objects.get()
        assert (kept.answer, kept.upheld, kept.answered_by) == (
            "已补上",
            True,
            "township_reviewer-420527101000",
        )
        assert queries.standing("case 1", on=today).open_objections == 0


def test_who_objected_is_shown_once_asked_with_a_reason(client_as, objection, as_web):
    township = client_as("township_reviewer", "420527101000")
    address = f"/notices/objections/{objection.pk}/"
    plain = text(township.get(address))
    assert "丙虚构" not in plain and "13900000000" not in plain
    refused = township.post(f"{address}contact/", {"reason": ""})
    assert "13900000000" not in text(refused)
    shown = township.post(f"{address}contact/", {"reason": "电话核实"})
    assert "丙虚构" in text(shown) and "13900000000" in text(shown)
    with as_web():
        entry = Entry.objects.get(verb="notices.look_up_objector")
        assert (entry.actor, entry.reason) == ("township_reviewer-420527101000", "电话核实")


def test_withdrawing_needs_a_reason_and_a_writer(publish, client_as, as_web):
    notice = publish()
    auditor = client_as("auditor")
    assert auditor.get(f"/notices/{notice.pk}/").status_code == 200
    assert auditor.post(f"/notices/{notice.pk}/withdraw/", {"reason": "x"}).status_code == 403
    county = client_as("county_officer")
    assert county.post(f"/notices/{notice.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert county.post(f"/notices/{notice.pk}/withdraw/", {"reason": "写错"}).status_code == 302
    with as_web():
        assert Notice.objects.get().withdrawn_reason == "写错"
    assert "已撤回" in text(county.get(f"/notices/{notice.pk}/"))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_paper_for_the_board(publish, client_as, monkeypatch, language):
    notice = publish()
    clerk = client_as("village_clerk", VILLAGE)
    clerk.post("/language/", {"language": language})
    page = text(clerk.get(f"/notices/{notice.pk}/"))
    assert f"http://testserver/public/notices/{notice.pk}/" in page
    here = clerk.get(f"/notices/{notice.pk}/print/")
    assert here.content.startswith(b"%PDF")
    assert "attachment" in here["Content-Disposition"]
    monkeypatch.setattr(settings, "SITE_URL", "https://gongshi.example.cn")
    assert f"https://gongshi.example.cn/public/notices/{notice.pk}/" in text(
        clerk.get(f"/notices/{notice.pk}/")
    )
