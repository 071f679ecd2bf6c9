"""The ground of the payments' tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from payments_ground import (
    COUNTY,
    LINE,
    NOW,
    PLACES,
    PROJECT,
    ROLES,
    TODAY,
    VILLAGE,
    Ground,
    family,
)

from bangfu.books.accounts.actors import actor_of
from bangfu.books.accounts.models import Operator
from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import FundLine
from bangfu.books.places.actions import load_places
from bangfu.books.projects.models import Project
from bangfu.books.walls.scope import Scope, within
from bangfu.core.places import NATION
from bangfu.site import clock


@pytest.fixture
def ground(as_web, operator_of, scope_of) -> Ground:
    """The county with 1,000,000 yuan announced and arrived on line A, and two families."""
    with as_web(scope_of(NATION)):
        load_places(by="tester", rows=PLACES, source="test")
    for name, (role, place) in ROLES.items():
        operator_of(role, place, username=name)
    with as_web():
        FundLine.objects.create(
            number=LINE,
            place_code=COUNTY,
            year=2026,
            name="雨露计划",
            fund_class="household",
            level="central",
        )
        Project.objects.create(
            number=PROJECT,
            place_code=VILLAGE,
            year=2026,
            name="雨露计划职业教育补助",
            purpose="教育帮扶",
            cost_fen=100_000_000,
            performance_target="资助到位率 100%",
            status="admitted",
        )
        for number in (1, 2):
            family(number)
    actors = {name: actor_of(name, on=TODAY) for name in ROLES}
    return Ground(actors, as_web)


@pytest.fixture
def funded(ground, as_web) -> Callable[..., None]:
    """Announce and plan so many yuan of the line for the project, and receive them, or `cash` of them."""

    def given(yuan: int, cash: int | None = None) -> None:
        with as_web():
            here = {"by": "tester", "place_code": COUNTY, "line": LINE, "day": TODAY}
            funds.announce(**here, fen=yuan * 100)
            funds.receive(**here, fen=(yuan if cash is None else cash) * 100)
            plan = funds.propose_plan(
                by="tester",
                place_code=COUNTY,
                year=2026,
                title="整合方案",
                problem_hash="a" * 64,
                pieces=[(LINE, PROJECT, yuan * 100)],
            )
        with as_web(by="planner"):
            funds.approve_plan(by="planner", plan=plan, day=TODAY)
            funds.post_plan(by="planner", plan=plan, day=TODAY)

    return given


@pytest.fixture
def browser(ground, monkeypatch):
    """A browser of one of the actors of the ground, on the ground's day; `later` moves the clock."""
    at = [NOW]
    monkeypatch.setattr(clock, "now", lambda: at[0])

    def opened(who: str, *, later: int = 0) -> Client:
        at[0] = NOW + timedelta(days=later)
        client = Client()
        with within(Scope((), frozenset(), "log in"), by=who):
            operator = Operator.objects.get(username=who)
            client.force_login(operator, backend="bangfu.books.accounts.backends.OperatorBackend")
        return client

    return opened
