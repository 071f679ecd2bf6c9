"""A county at work: something of everything that a page can show, made by the actions the pages use.

Cases walk their real procedure; every person is invented.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Model
from PIL import Image
from tests.browser import money_in_hand
from tests.browser.county import BESIDE, COUNTY, VILLAGE
from tests.integration.cases.case_factories import Walk
from tests.lib.planted import money_of, project_at
from tests.lib.watched import grievances_of, watched
from tests.unit.cli.workbooks import income, person, write_xlsx

from bangfu.books.accounts import samples, tokens
from bangfu.books.accounts.actors import Actor, actor_of
from bangfu.books.accounts.models import ApiToken
from bangfu.books.accounts.queries import grants_of
from bangfu.books.assistance.actions import agree_measure, record_visit, start_measure
from bangfu.books.assistance.models import Measure
from bangfu.books.cases.models import Attachment, Case
from bangfu.books.crossing.actions import offer_move
from bangfu.books.crossing.models import Duplicate, MoveOffer
from bangfu.books.desk.tasks import PRINT
from bangfu.books.households.models import Household, Person
from bangfu.books.intake.actions import open_batch
from bangfu.books.jobs import actions as jobs
from bangfu.books.notices.actions import enter_objection
from bangfu.books.notices.models import Notice
from bangfu.books.screening.actions import dismiss
from bangfu.books.screening.models import Finding
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION
from bangfu.files.policy_folder import load_policy
from bangfu.files.uploads import Sort, take

OFFICIALS = {
    "clerk": "cunji",
    "team": "gongzuodui",
    "reviewer": "zhenshen",
    "head": "zhenling",
    "officer": "xianban",
    "approver": "xianshen",
}
TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 1, tzinfo=UTC)
LATE = date(2026, 11, 2)
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")


def put_in_hand(folder: Path, work: Callable[[], None]) -> dict[str, Any]:
    """Fill the books; returns what addresses ask for, by the names that attacks/pages.toml uses.

    `folder` holds workbooks for a while; `work` works through the queue of background jobs.
    """
    with within(EVERYWHERE, by="cunji"):
        plain = Household.objects.filter(place_code=VILLAGE, monitored_class=None).order_by("pk")
        numbers = [h.pk for h in plain.exclude(pk="4205270000001522")[:6]]
        _help(numbers[0])
        _across(numbers[0])
        found = Finding.objects.filter(place_code=VILLAGE).order_by("pk")
        findings = list(found.values_list("pk", flat=True)[:2])
    cases = _cases(numbers)
    with within(EVERYWHERE, by="xianban"):
        dismiss(by="xianban", finding_id=findings[1], reason="入户看过，饮水已接通", now=NOW)
    with within(EVERYWHERE, by="cunji"):
        notice = Notice.objects.get(closes_on__gte=TODAY)
        objection = enter_objection(
            by="cunji",
            notice=notice,
            grounds="该户去年买了一辆货车",
            received_on=TODAY,
            now=NOW,
            objector="示例村民",
        )
    batches = [_batch(folder, spoilt=spoilt) for spoilt in (True, False)]
    with within(EVERYWHERE, by="xianban"):
        task = jobs.request(
            by="xianban",
            kind=PRINT,
            place_code=COUNTY,
            arguments={"as": "xlsx", "lang": "zh"},
            purpose="print records",
            classes=[DataClass.PERSONS],
            now=NOW,
        )
    sample, token = _accounts([(number, VILLAGE) for number in numbers[:2]])
    work()
    money_in_hand.plan_households()
    money = money_of(COUNTY, VILLAGE, "示例") | money_in_hand.pay_households()
    with within(EVERYWHERE, by="tester"):
        money |= watched(COUNTY, VILLAGE, "示例") | grievances_of(COUNTY, VILLAGE, "示例")
        money |= project_at(VILLAGE, "通组公路")
    money |= money_in_hand.look_and_publish(TODAY)
    with within(EVERYWHERE, by="tester"):
        return {
            **money,
            "trace_kind": "contract",
            "rate": "integration",
            "milestone": "key_villages",
            "household": numbers[0],
            "person_no": Person.objects.filter(household_id=numbers[0])[0].person_no,
            "village": VILLAGE,
            "county": COUNTY,
            "offer": _first(MoveOffer),
            "duplicate": Duplicate.objects.get().pk,
            "measure": _first(Measure),
            "figure": "households",
            "finding": findings[0],
            "policy_key": "income.line",
            "policy_rule": "below_line",
            "operator": "cunji",
            "digest": Attachment.objects.filter(record__case=cases["county"])[0].digest,
            "position": 1,
            "sample": sample,
            "token": token,
            "notice": notice.pk,
            "objection": objection.pk,
            "case": cases["county"].pk,
            "batch": batches[0],
            "task": task.pk,
            # More than one of a kind: pages that look different by what they show.
            "dismissed": findings[1],
            "clean_batch": batches[1],
            "done_case": cases["done"].pk,
            "new_case": cases["new"].pk,
        }


def _first(model: type[Model]) -> int:
    return model._default_manager.order_by("pk").values_list("pk", flat=True)[0]


def _cases(numbers: list[str]) -> dict[str, Case]:
    """A case at its end, one that waits for the county, one on the notice board, one just opened, one late."""
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "#b9c4cf").save(picture, "JPEG")
    photo = take("meeting.jpg", picture.getvalue(), [Sort.PHOTO])
    officials: dict[str, Actor] = {
        name: actor_of(username, on=LATE) for name, username in OFFICIALS.items()
    }
    walk = Walk(load_policy(), officials, photo)
    made = {}
    walk.today = LATE
    made["late"] = walk.open(household_no=numbers[1])
    made["done"] = walk.until(walk.open(household_no=numbers[2]), "")
    walk.today = LATE + timedelta(days=3)
    made["county"] = walk.until(walk.open(household_no=numbers[3]), "county")
    walk.today = TODAY - timedelta(days=3)
    made["board"] = walk.until(walk.open(household_no=numbers[4]), "township")
    walk.today = TODAY
    made["new"] = walk.open(household_no=numbers[5])
    return made


def _help(number: str) -> None:
    """A measure under way, one past its day, and a visit."""
    for content, due in (("发放鸡苗", LATE), ("护理培训", TODAY + timedelta(days=20))):
        measure = agree_measure(
            by="cunji",
            household_no=number,
            family="industry_help",
            content=content,
            responsible="示例干部",
            agreed_on=LATE - timedelta(days=30),
            due_on=due,
            today=TODAY,
        )
    start_measure(by="cunji", measure_id=measure.pk, on=LATE, today=TODAY)
    record_visit(
        by="cunji",
        household_no=number,
        visited_on=LATE,
        visitors="示例干部",
        seen="屋顶漏雨",
        asked="修路",
        today=TODAY,
    )


def _across(number: str) -> None:
    """A household that wants to move to the village beside, and one person registered in both."""
    offer_move(
        by="cunji",
        household=Household.objects.get(pk=number),
        to_place=BESIDE,
        moved_on=TODAY,
        today=TODAY,
        reason="婚嫁",
    )
    here = Person.objects.filter(household_id=number).order_by("pk")[0]
    there = Person.objects.filter(place_code=BESIDE).order_by("pk")[0]
    there.certificate_token = here.certificate_token
    there.save()


def _batch(folder: Path, *, spoilt: bool) -> int:
    rows = [income(2, a1="很多") if spoilt else income(2)]
    path = write_xlsx(folder / "户.xlsx", national=[person(2, 1), person(2, 2)], income=rows)
    with within(EVERYWHERE, by="cunji"):
        return open_batch(
            by="cunji",
            place_code=VILLAGE,
            year=2026,
            files=[take(path.name, path.read_bytes(), [Sort.TABLE])],
            classes=[DataClass.PERSONS],
            lang="zh",
            now=NOW,
        ).pk


def _accounts(drawn: list[tuple[str, str]]) -> tuple[int, int]:
    """The assessor's sample, and a token of the county's official."""
    with within(Scope((NATION,), frozenset(DataClass), samples.PURPOSE), by="tester"):
        sample = samples.assign_sample(
            by="tester",
            place_code=COUNTY,
            name="2026 年度",
            assessor="kaohe",
            households=drawn,
            valid_from=LATE,
        )
    with within(EVERYWHERE, by="xianban"):
        tokens.make_token(
            by="xianban",
            name="县级平台",
            grants=[grant.pk for grant in grants_of("xianban", on=TODAY)],
            reads_only=True,
            valid_to=TODAY + timedelta(days=30),
            today=TODAY,
            now=NOW,
            place_code=COUNTY,
        )
        return sample.pk, _first(ApiToken)
