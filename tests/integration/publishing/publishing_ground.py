"""A county with a project, its money and a month that is closed, published. Everybody is invented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from tests.lib.planted import money_of

from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import Contract
from bangfu.books.households.models import Household, Person
from bangfu.books.places.actions import load_places
from bangfu.books.projects.models import Project, TargetResult
from bangfu.books.publishing import actions
from bangfu.books.publishing.actions import Outcome
from bangfu.books.publishing.models import Publication
from bangfu.books.supervision import actions as supervision
from bangfu.books.supervision.actions import Sizes
from bangfu.books.supervision.models import Plan
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.language import Text
from bangfu.core.places import NATION, Place
from bangfu.files.policy_folder import policy_in_force
from bangfu.site import clock

COUNTY, TOWNSHIP, VILLAGE, OTHER = "420527000000", "420527101000", "420527101200", "420527102201"
PLACES = (
    Place("420000000000", "湖北省"),
    Place("420500000000", "宜昌市"),
    Place(COUNTY, "秭归县"),
    Place(TOWNSHIP, "茅坪镇"),
    Place("420527102000", "归州镇"),
    Place(VILLAGE, "示例村"),
    Place(OTHER, "旁边村"),
)
WORD = "示例村通组公路"
PERSON = "丙虚构"
SEED = "2026143 08 11 19 23 27 33+05"
OFFICER = Actor(
    "tester",
    "tester",
    None,
    (HeldRole("county_officer", Text("", ""), COUNTY, frozenset(DataClass), True),),
)


@contextmanager
def books(by: str = "tester", *classes: DataClass) -> Iterator[None]:
    """The books of the whole county."""
    with within(Scope((NATION,), frozenset(classes or DataClass), "test"), by=by):
        yield


def turn(days: int = 0) -> Outcome:
    """A turn of publishing, as it would be done so many days from now."""
    with books():
        return actions.turn(by="tester", place_code=COUNTY, **_at(days))


def published(**asked: Any) -> list[Publication]:
    """Publications as the books have them."""
    with books():
        return list(Publication.objects.filter(**asked).order_by("pk"))


def change(**values: Any) -> None:
    """Change the project in the books."""
    with books():
        Project.objects.filter(number=f"项目{WORD}").update(**values)


def _at(days: int) -> dict[str, Any]:
    """What a verb takes of the policy and the time, so many days from now."""
    now = clock.now() + timedelta(days=days)
    return {"policy": policy_in_force(), "today": timezone.localdate(now), "now": now}


def fixed_plan(days: int = -40) -> Plan:
    """The inspection of a quarter, a village by risk and one by lot and a project, its list fixed so many
    days from now. The public reads by the day of the database, so draws lie in the past."""
    with books():
        return supervision.fix_plan(
            by=OFFICER,
            county=COUNTY,
            year=2026,
            quarter=4,
            sizes=Sizes(1, 1, 1, 0),
            seed_source="12月1日双色球开奖号码",
            **_at(days),
        )


def draw(plan: Plan, days: int = -39) -> Plan:
    """Draw from a list so many days from now."""
    with books():
        return supervision.draw_plan(
            by=OFFICER,
            plan=plan,
            seed=SEED,
            **_at(days),
        )


def plant() -> None:
    """A villager, a project with its money, and a payment in a month that is closed."""
    today = timezone.localdate(clock.now())
    with books():
        load_places(by="tester", rows=PLACES, source="test")
        household = Household.objects.create(household_no="4205270000000001", place_code=VILLAGE)
        Person.objects.create(
            household=household, place_code=VILLAGE, person_no="1", name=PERSON, relation="户主"
        )
    money_of(COUNTY, VILLAGE, WORD)
    with books():
        funds.seal_month(by="tester", place_code=COUNTY, month=202611, today=date(2026, 12, 1))
        project = Project.objects.get(number=f"项目{WORD}")
        project.purpose, project.department = "农村道路", "县交通运输局"
        project.beneficiary_households, project.task = 42, "硬化路面14百米"
        project.stage, project.contractor = "accepted", PERSON
        project.accepted_on, project.accepted_fen, project.contract_fen = today, 80_000, 90_000
        project.save()
        TargetResult.objects.create(
            project=project,
            place_code=VILLAGE,
            name="受益农户",
            unit="户",
            planned=42,
            reached=40,
            note=f"{PERSON}家外出",
            assessed_on=today,
            assessed_by="tester",
        )
        assert Contract.objects.get().payee == WORD
