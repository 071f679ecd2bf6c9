"""A small county's books: three lines, three villages' projects, by the real verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from funds_factories import COUNTY, make_lines, make_projects

from bangfu.books.funds import actions
from bangfu.books.funds.models import Plan
from bangfu.books.walls.roles import WEB

YUAN = 100
DAY = date(2026, 3, 2)
HASH = "a" * 64


@pytest.fixture
def county(as_web) -> None:
    """Lines A, B, C and admitted projects P1, P2, P3, without any money."""
    with as_web():
        make_lines("A", "B", "C")
        make_projects("P1", "P2", "P3")


@pytest.fixture
def announced(county, as_web) -> Callable[..., None]:
    """Announce quota: announced(A=100, B=50), in yuan."""

    def given(**yuan: int) -> None:
        with as_web():
            for line, amount in yuan.items():
                actions.announce(
                    by="tester", place_code=COUNTY, line=line, fen=amount * YUAN, day=DAY
                )

    return given


@pytest.fixture
def approved(as_web) -> Callable[..., Plan]:
    """An approved plan of (line, project, yuan) pieces."""

    def made(*pieces: tuple[str, str, int]) -> Plan:
        with as_web():
            plan = actions.propose_plan(
                by="tester",
                place_code=COUNTY,
                year=2026,
                title="整合方案",
                problem_hash=HASH,
                pieces=[(line, project, yuan * YUAN) for line, project, yuan in pieces],
            )
        with as_web(by="approver"):
            actions.approve_plan(by="approver", plan=plan, day=DAY)
        return plan

    return made


@pytest.fixture
def sql(connect):
    """A bare connection in a transaction inside a scope of both counties."""
    opened = []

    def begun(user=WEB, actor="tester", low="420527", high="420528:", classes="money"):
        connection = connect(user)
        opened.append(connection)
        connection.execute(
            "select set_config('app.lo', %s, false), set_config('app.hi', %s, false),"
            " set_config('app.pattern', '^42052', false), set_config('app.classes', %s, false),"
            " set_config('app.actor', %s, false), set_config('app.request', 'r', false)",
            [low, high, classes, actor],
        )
        return connection

    yield begun
    for connection in opened:
        connection.close()
