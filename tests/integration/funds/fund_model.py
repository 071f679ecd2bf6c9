"""What the ledger should hold, in plain dictionaries, beside the books on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from funds_people import actor
from hypothesis.stateful import RuleBasedStateMachine, invariant

from bangfu.books.funds.models import Balance, Claim, ClaimShare, Contract, Posting
from bangfu.books.funds.verify import one_state, verify
from bangfu.core.errors import ConflictError

LINES = ("A", "B")
OUTSIDE = ("source", "treasury")
CLAIMED = ("claimed", "paid")
COMMITTED = ("committed", *CLAIMED)


class Crash(Exception):
    """The process dies in the middle of a transaction."""


def in_row(plan, start, most, fen):
    """Fen after fen to the line whose next fen stands first; None when there is not so much room."""
    at = dict(start)
    for _ in range(fen):
        open_lines = [line for line in sorted(plan) if at[line] < most[line]]
        if not open_lines:
            return None
        at[min(open_lines, key=lambda line: Fraction(2 * at[line] + 1, 2 * plan[line]))] += 1
    return {line: at[line] - start[line] for line in plan if at[line] > start[line]}


@contextmanager
def dying(statements: int) -> Iterator[None]:
    """The process dies before its next statement but so many: its connection breaks, and nobody answers."""
    left = statements

    def run(execute, sql, parameters, many, context):
        nonlocal left
        left -= 1
        if left == -1:
            connection.connection.close()
            raise Crash
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(run):
        yield


def cash_fits(balances, legs):
    """Whether cash that comes stays within its line's quota, and cash sent up within what was taken back."""
    return all(_fits(balances, account, fen) for account, fen in legs)


def _fits(balances, account, fen):
    line, stage, _ = account
    came, sent, quota, taken = (
        sign * balances.get((line, stage, ""), 0)
        for stage, sign in (("treasury", -1), ("returned", 1), ("source", -1), ("taken_back", 1))
    )
    if stage == "treasury" and fen < 0:
        return came - sent <= quota - taken
    return not (stage == "returned" and fen > 0) or sent <= taken


class Model(RuleBasedStateMachine):
    """Balances, postings, contracts, claims, payments and what came back of them; no verb yet."""

    def __init__(self, as_web, scope_of, counties, seen):
        """`seen` collects what came to pass: the kinds that were posted, and "died"."""
        super().__init__()
        self.seen = seen
        self.county = f"4205{next(counties):02}000000"
        self.open = lambda by="tester", **more: as_web(scope_of(self.county, **more), by=by)
        self.dept = actor("dept", "sector_department", self.county)
        self.checker, self.payer = (
            actor(name, "finance", self.county) for name in ("checker", "payer")
        )
        self.balances: dict[tuple[str, str, str], int] = {}
        self.postings: dict[int, list[tuple[tuple[str, str, str], int]]] = {}
        self.plan_of: dict[int, object] = {}  # the plans that stand, by posting
        # The posting of the plan amended, that plan and its pieces, by posting of the amendment.
        self.amended: dict[int, tuple] = {}
        self.contracts: dict[int, dict] = {}
        self.claims: dict[int, dict] = {}
        self.payments: dict[int, dict] = {}
        self.recoveries: dict[int, dict] = {}
        self.closed: set[int] = set()
        self.kept: set[int] = set()  # postings of what came back and stays with its project
        self.dies_after: int | None = None
        self.month = 1
        self.sealed = 0

    @property
    def day(self):
        return date(2026, self.month, 9)

    def attempt(self, legs, act, by="tester"):
        """Let the books and the model do the same, or both refuse. `act` gives a posting's number."""
        after = dict(self.balances)
        for account, fen in legs:
            after[account] = after.get(account, 0) + fen
        fits = all(fen >= 0 or account[1] in OUTSIDE for account, fen in after.items())
        fits = fits and cash_fits(after, legs)
        if not fits or self.month <= self.sealed:
            with pytest.raises(ConflictError), self.open(by=by):
                act()
            return None
        if self.dies_after is not None:
            self.die_in(act, by)
        with self.open(by=by):
            number = act()
        self.balances = after
        self.postings[number] = legs
        return number

    def die_in(self, act, by):
        """Begin an act, die between two of its statements, and leave the books as they were."""
        with pytest.raises(Crash), self.open(by=by), dying(self.dies_after):
            act()
            connection.connection.close()
            raise Crash
        self.dies_after = None
        self.seen.add("died")
        self.same_books()

    def terms(self, line, fen):
        here = {"by": "tester", "place_code": self.county, "day": self.day}
        return here | {"line": line, "fen": fen}

    def stands(self, project, stages):
        return {
            line: sum(self.balances.get((line, stage, project), 0) for stage in stages)
            for line in LINES
        }

    def held(self, project):
        plan = self.stands(project, ("allocated", *COMMITTED))
        return plan, self.stands(project, COMMITTED), self.stands(project, CLAIMED)

    def move(self, shares, taken, given, project):
        return [
            leg
            for line, fen in shares.items()
            for leg in (((line, taken, project), -fen), ((line, given, project), fen))
        ]

    @invariant()
    def same_books(self):
        with self.open():
            rows = Balance.objects.values_list("line__number", "stage", "project__number", "amount")
            books = {(line, stage, project or ""): fen for line, stage, project, fen in rows if fen}
            counted = {
                pk: (claimed, released)
                for pk, claimed, released in Contract.objects.values_list(
                    "pk", "claimed_fen", "released_fen"
                )
            }
            shares = {
                (claim, line): (fen, payment, came)
                for claim, line, fen, payment, came in ClaimShare.objects.values_list(
                    "claim_id", "line__number", "fen", "payment_id", "recovered_fen"
                )
            }
            statuses = dict(Claim.objects.exclude(status="draft").values_list("pk", "status"))
        assert books == {account: fen for account, fen in self.balances.items() if fen}
        assert counted == {
            key: (terms["claimed"], terms["released"]) for key, terms in self.contracts.items()
        }
        assert statuses == {key: claim["status"] for key, claim in self.claims.items()}
        assert shares == {
            (key, line): (
                fen,
                claim["paid"].get(line),
                self.payments[claim["paid"][line]]["came"][line] if line in claim["paid"] else 0,
            )
            for key, claim in self.claims.items()
            for line, fen in claim["shares"].items()
        }

    def teardown(self):
        with one_state(), self.open(read_only=True):
            assert verify() == []
            self.seen.update(Posting.objects.values_list("kind", flat=True).distinct())
