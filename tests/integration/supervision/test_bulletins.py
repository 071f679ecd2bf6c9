"""The half-year bulletin: counted from the books, mended, issued once, and then kept."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from supervision_ground import COUNTY, VILLAGE

from bangfu.books.households.models import Household
from bangfu.books.supervision import actions
from bangfu.books.supervision.actions import About
from bangfu.books.supervision.models import Bulletin, SubjectKind
from bangfu.core.errors import ConflictError, ForbiddenError, InputError


def drafted(ground, who: str = "officer", **more) -> Bulletin:
    given = {"year": 2026, "half": 2, **more}
    with ground.inside(who):
        return actions.draft_bulletin(by=ground.actors[who], county=COUNTY, **given, **ground.at())


def test_it_counts_what_the_books_hold(ground):
    ground.closed(ground.rechecked(ground.answered(ground.ordered(ground.found()))))
    ground.ordered(ground.found(what="账目不清"))
    with ground.inside("officer"):
        Household.objects.create(household_no="4205270000000001", place_code=VILLAGE)
    ground.found(about=About(SubjectKind.HOUSEHOLD, "4205270000000001"), what="某户的事")
    ground.today = date(2026, 12, 20)
    body = drafted(ground).body
    assert "本期登记问题 3 个：较重 3 个。按对象分：项目 2 个，农户 1 个。" in body
    assert "已销号 1 个，未销号 2 个，销号率 33.3%" in body
    assert "县交通运输局：下达整改 2 个，已销号 1 个。" in body
    assert "县交通运输局 1 个。请立即整改" in body
    assert "示例村甲：路面开裂；示例村甲：账目不清。" in body
    assert "某户" not in body
    assert "没有登记问题" in drafted(ground, half=1).body


def test_it_is_mended_issued_and_kept(ground):
    bulletin = drafted(ground)
    assert drafted(ground).pk == bulletin.pk  # drafted anew
    with ground.inside("officer"):
        actions.edit_bulletin(
            by=ground.actors["officer"],
            bulletin=bulletin,
            title="通报",
            body="改过的\r\n\r\n正文",
            **ground.at(),
        )
    with pytest.raises(ForbiddenError), ground.inside("officer"):
        issue(ground, bulletin, "officer")
    with pytest.raises(InputError), ground.inside("approver"):
        issue(ground, bulletin, "approver", number=" ")
    with ground.inside("approver"):
        held = issue(ground, bulletin, "approver")
    assert (held.number, held.body, held.issued_by) == (
        "秭督通〔2026〕2号",
        "改过的\n\n正文",
        "approver",
    )
    with pytest.raises(ConflictError, match="不能再改"):
        drafted(ground)
    with ground.inside("approver"), pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(body="后来改的")


def issue(ground, bulletin, who: str, number: str = "秭督通〔2026〕2号") -> Bulletin:
    return actions.issue_bulletin(
        by=ground.actors[who], bulletin=bulletin, number=number, **ground.at()
    )
