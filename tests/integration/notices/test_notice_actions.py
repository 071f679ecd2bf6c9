"""Publish, withdraw, object, answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from bangfu.books.journal.models import Entry
from bangfu.books.notices import actions, queries
from bangfu.books.notices.models import Notice, NoticeHistory, Objection, Row
from bangfu.books.walls.guarded import opened
from bangfu.core.errors import ConflictError, InputError, UsageError
from bangfu.core.language import Text

VILLAGE = "420527101200"


def test_a_notice_is_a_copy_in_the_order_of_its_kind(publish, as_web):
    notice = publish()
    with as_web():
        kept = Notice.objects.get()
        assert (kept.county, kept.township, kept.village) == ("秭归县", "茅坪镇", "示例村")
        assert kept.fields == ["head", "group", "members", "class"]
        assert list(Row.objects.order_by("position").values_list("cells", flat=True)) == [
            ["甲虚构", "一组", "3", "边缘易致贫户"],
            ["乙𬭎", "二组", "5", "脱贫不稳定户"],
        ]
        assert Entry.objects.filter(
            verb="notices.publish", subject=f"notice {notice.pk}", place_code=VILLAGE
        ).exists()


def test_names_are_masked_where_policy_says_so(publish, as_web):
    publish(mask_names=True)
    with as_web():
        heads = [row.cells[0] for row in Row.objects.order_by("position")]
    assert heads == ["甲*构", "乙*"]


def test_everything_wrong_is_told_and_nothing_is_written(publish, as_web):
    with pytest.raises(InputError) as refused:
        publish(
            rows=[{"head": "甲", "phone": "13912345678"}, {"group": "身份证420527198001011234"}],
            title=Text("公示 139 1234 5678", ""),
        )
    assert [(p.where, p.rule) for p in refused.value.problems] == [
        ("title_zh", "title"),
        ("title_en", "title"),
        ("1.phone", "field"),
        ("2.group", "text"),
    ]
    assert "139" not in str([p.text for p in refused.value.problems])
    with as_web():
        assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "payroll"}, {"place_code": "420527101299"}, {"place_code": "420500000000"}],
)
def test_an_unknown_kind_or_place_is_refused(publish, wrong):
    with pytest.raises(UsageError):
        publish(**wrong)


def test_days_go_forward(publish, now):
    with pytest.raises(UsageError, match="closes before|close before"):
        publish((3, 2))
    with pytest.raises(UsageError, match="before the day it is published"):
        publish((-1, 5), now=now)


def test_one_subject_is_on_the_board_once(publish, as_web, now):
    first = publish()
    with pytest.raises(ConflictError, match="already"):
        publish((2, 6))
    with as_web():
        actions.withdraw(by="tester", notice=first, reason="名字写错", now=now)
    publish()


def test_standing(publish, as_web, today, now):
    with as_web():
        assert queries.standing("case 1", on=today) is None
    notice = publish()
    with as_web():
        objection = actions.enter_objection(
            by="tester", notice=notice, grounds="他家在城里有房", received_on=today, now=now
        )
    with as_web():
        stands = queries.standing("case 1", on=today)
        assert (stands.over, stands.open_objections) == (False, 1)
        later = today + timedelta(days=5)
        assert queries.standing("case 1", on=later).over
        assert queries.standing("case 2", on=today) is None
    with as_web():
        actions.answer_objection(
            by="tester", objection=objection, answer="已核实，房屋属其兄", upheld=False, now=now
        )
    with as_web():
        stands = queries.standing("case 1", on=today)
        assert (stands.open_objections, stands.upheld_objections) == (0, 0)
        actions.withdraw(by="tester", notice=notice, reason="重新公示", now=now)
        assert queries.standing("case 1", on=today) is None


def test_who_may_not_see_persons_or_money_sees_no_notice_and_so_goes_no_step(
    publish, as_web, scope_of, today
):
    publish()
    with as_web(scope_of(classes=["sums"])):
        assert queries.standing("case 1", on=today) is None


def test_withdrawn_once_with_a_reason(publish, as_web, now):
    notice = publish()
    with as_web(), pytest.raises(InputError):
        actions.withdraw(by="tester", notice=notice, reason=" ", now=now)
    with as_web():
        actions.withdraw(by="tester", notice=notice, reason="名字写错", now=now)
    with pytest.raises(ConflictError), as_web():
        actions.withdraw(by="tester", notice=notice, reason="名字写错", now=now)


def test_an_objection_entered_by_a_cadre(publish, as_web, today, now):
    notice = publish()
    with as_web(by="clerk"):
        objection = actions.enter_objection(
            by="clerk",
            notice=notice,
            grounds="名单漏了人",
            received_on=today,
            now=now,
            objector="丙虚构",
            phone="13900000000",
        )
    with as_web():
        kept = Objection.objects.get(receipt=objection.receipt)
        assert kept.entered_by == "clerk"
        assert opened(kept.objector, actions.OBJECTOR) == "丙虚构"
        assert b"13900000000" not in bytes(kept.phone)
        assert opened(kept.phone, actions.PHONE) == "13900000000"


@pytest.mark.parametrize("day", [-1, 1, 5])
def test_an_objection_is_received_while_the_notice_is_open(publish, as_web, today, now, day):
    notice = publish()
    with as_web(), pytest.raises(InputError, match="登记"):
        actions.enter_objection(
            by="tester",
            notice=notice,
            grounds="x",
            received_on=today + timedelta(days=day),
            now=now,
        )


def test_a_withdrawn_notice_takes_no_objection(publish, as_web, today, now):
    notice = publish()
    with as_web():
        actions.withdraw(by="tester", notice=notice, reason="写错", now=now)
    with as_web(), pytest.raises(ConflictError):
        actions.enter_objection(by="tester", notice=notice, grounds="x", received_on=today, now=now)


def test_an_objection_is_answered_once_and_without_numbers(publish, as_web, today, now):
    notice = publish()
    with as_web():
        objection = actions.enter_objection(
            by="tester", notice=notice, grounds="x", received_on=today, now=now
        )
    for answer in ("", "请打 0717-2882222"):
        with as_web(), pytest.raises(InputError):
            actions.answer_objection(
                by="tester", objection=objection, answer=answer, upheld=False, now=now
            )
    with as_web():
        actions.answer_objection(
            by="tester", objection=objection, answer="属实，已更正", upheld=True, now=now
        )
    with as_web(), pytest.raises(ConflictError):
        actions.answer_objection(
            by="tester", objection=objection, answer="又", upheld=False, now=now
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda: Notice.objects.update(title_zh="改"),
        lambda: Notice.objects.update(closes_on="2099-01-01"),
        lambda: Notice.objects.all().delete(),
        lambda: Row.objects.update(cells=["改"]),
        lambda: Row.objects.all().delete(),
        lambda: Objection.objects.update(grounds="改"),
        lambda: Objection.objects.all().delete(),
    ],
)
def test_what_was_published_or_filed_never_changes(publish, as_web, today, now, change):
    notice = publish()
    with as_web():
        actions.enter_objection(by="tester", notice=notice, grounds="x", received_on=today, now=now)
    with pytest.raises(DatabaseError), as_web():
        change()


def test_no_row_comes_after_its_notice(publish, as_web):
    notice = publish()
    with pytest.raises(DatabaseError, match="with their notice"), as_web():
        Row.objects.create(notice=notice, place_code=VILLAGE, position=9, cells=["丁"])


def test_the_database_refuses_a_number_too(publish, as_web, monkeypatch):
    monkeypatch.setattr("bangfu.core.notices.looks_personal", lambda value: False)
    with pytest.raises(DatabaseError, match="notices_row_no_number"):
        publish(rows=[{"group": "139 1234 5678"}])
    with pytest.raises(DatabaseError, match="notices_notice_no_number"):
        publish(title=Text("公示420527198001011234", "x"))


def test_history_keeps_the_withdrawal(publish, as_web, now):
    notice = publish()
    with as_web(by="head", reason="写错"):
        actions.withdraw(by="head", notice=notice, reason="写错", now=now)
    with as_web():
        assert list(
            NoticeHistory.objects.order_by("pgh_id").values_list("pgh_label", "actor", "reason")
        ) == [("insert", "tester", ""), ("update", "head", "写错")]
