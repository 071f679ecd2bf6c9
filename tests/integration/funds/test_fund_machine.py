"""The ledger on PostgreSQL against a plain model: any sequence of verbs, the same books in the end."""

from datetime import date
from itertools import count

import pytest
from funds_factories import make_lines, make_projects
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from bangfu.books.funds import actions
from bangfu.books.funds.models import Balance
from bangfu.books.funds.verify import one_state, verify
from bangfu.core.errors import ConflictError

LINES, PROJECTS = ("A", "B"), ("P", "Q")
AMOUNTS = st.integers(1, 5)
OUTSIDE = ("source", "treasury")


class Crash(Exception):
    """The process dies in the middle of a transaction."""


class Ledger(RuleBasedStateMachine):
    """The model keeps balances, postings and what was reversed, in plain dictionaries."""

    def __init__(self, as_web, scope_of, counties):
        super().__init__()
        self.county = f"4205{next(counties):02}000000"
        self.open = lambda by="tester", **more: as_web(scope_of(self.county, **more), by=by)
        self.balances: dict[tuple[str, str, str], int] = {}
        self.postings: dict[int, list[tuple[tuple[str, str, str], int]]] = {}
        self.plans: dict[int, object] = {}
        self.closed: set[int] = set()
        self.month = 1
        self.sealed = 0

    @initialize()
    def lines(self):
        with self.open():
            make_lines(*LINES, place_code=self.county)
            make_projects(*PROJECTS, county=self.county[:6])

    def attempt(self, legs, act):
        """Let the books and the model do the same, or both refuse."""
        after = dict(self.balances)
        for account, fen in legs:
            after[account] = after.get(account, 0) + fen
        fits = all(fen >= 0 or account[1] in OUTSIDE for account, fen in after.items())
        if not fits or self.month <= self.sealed:
            with pytest.raises(ConflictError), self.open():
                act()
            return None
        with self.open():
            number = act()
        self.balances = after
        self.postings[number] = legs
        return number

    def terms(self, line, fen):
        here = {"by": "tester", "place_code": self.county, "day": date(2026, self.month, 9)}
        return here | {"line": line, "fen": fen}

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS)
    def pledge(self, line, fen):
        legs = [((line, "source", ""), -fen), ((line, "pledged", ""), fen)]
        self.attempt(legs, lambda: actions.pledge(**self.terms(line, fen)))

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS, redeemed=st.integers(0, 5))
    def announce(self, line, fen, redeemed):
        redeemed = min(redeemed, fen)
        legs = [
            ((line, "pledged", ""), -redeemed),
            ((line, "source", ""), redeemed - fen),
            ((line, "announced", ""), fen),
        ]
        terms = self.terms(line, fen) | {"redeems_fen": redeemed}
        self.attempt(legs, lambda: actions.announce(**terms))

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS)
    def receive(self, line, fen):
        legs = [((line, "treasury", ""), -fen), ((line, "received", ""), fen)]
        self.attempt(legs, lambda: actions.receive(**self.terms(line, fen)))

    @rule(
        pieces=st.dictionaries(
            st.tuples(st.sampled_from(LINES), st.sampled_from(PROJECTS)), AMOUNTS, min_size=1
        )
    )
    def plan(self, pieces):
        with self.open():
            plan = actions.propose_plan(
                by="tester",
                place_code=self.county,
                year=2026,
                title="方案",
                problem_hash="0" * 64,
                pieces=[(line, project, fen) for (line, project), fen in pieces.items()],
            )
        with self.open(by="approver"):
            actions.approve_plan(by="approver", plan=plan, day=date(2026, self.month, 9))
        legs = []
        for (line, project), fen in pieces.items():
            legs += [((line, "announced", ""), -fen), ((line, "allocated", project), fen)]
        day = date(2026, self.month, 9)
        post = lambda: actions.post_plan(by="tester", plan=plan, day=day)
        number = self.attempt(legs, post)
        if number is not None:
            with pytest.raises(ConflictError), self.open():
                post()

    @rule(which=st.integers(0, 30))
    def reverse(self, which):
        if not self.postings:
            return
        number = sorted(self.postings)[which % len(self.postings)]
        day = date(2026, self.month, 9)

        def act():
            return actions.reverse(by="tester", posting=number, day=day, memo="冲销")

        if number in self.closed:
            with pytest.raises(ConflictError), self.open():
                act()
            return
        red = self.attempt([(account, -fen) for account, fen in self.postings[number]], act)
        if red is not None:
            self.closed |= {number, red}

    @rule()
    def crash(self):
        with pytest.raises(Crash), self.open():
            if self.month > self.sealed:
                actions.receive(**self.terms("A", 1))
            raise Crash

    @rule()
    def seal(self):
        if self.month > self.sealed:
            with self.open():
                actions.seal_month(
                    by="tester",
                    place_code=self.county,
                    month=202600 + self.month,
                    today=date(2026, 12, 31),
                )
            self.sealed = self.month

    @rule()
    def next_month(self):
        self.month = min(self.month + 1, 12)

    @invariant()
    def same_balances(self):
        with self.open():
            rows = Balance.objects.values_list("line__number", "stage", "project__number", "amount")
            books = {(line, stage, project or ""): fen for line, stage, project, fen in rows if fen}
        assert books == {account: fen for account, fen in self.balances.items() if fen}

    def teardown(self):
        with one_state(), self.open(read_only=True):
            assert verify() == []


def test_the_ledger_does_what_the_model_does(as_web, scope_of):
    counties = count(1)
    run_state_machine_as_test(
        lambda: Ledger(as_web, scope_of, counties),
        settings=settings(
            max_examples=8,
            stateful_step_count=15,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
