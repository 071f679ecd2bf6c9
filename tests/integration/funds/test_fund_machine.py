"""The ledger on PostgreSQL against a plain model: any sequence of verbs, the same books in the end."""

from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import count

import pytest
from funds_factories import make_lines, make_projects
from funds_people import actor, lenient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bangfu.books.funds import actions
from bangfu.books.funds.models import Balance, Basis, Claim, ClaimShare, Contract
from bangfu.books.funds.verify import one_state, verify
from bangfu.books.places.actions import load_places
from bangfu.core.errors import ConflictError, InputError
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.core.places import Place

LINES, PROJECTS = ("A", "B"), ("P", "Q")
AMOUNTS = st.integers(1, 5)
WHICH = st.integers(0, 30)
OUTSIDE = ("source", "treasury")
CLAIMED = ("claimed", "paid")
COMMITTED = ("committed", *CLAIMED)
PIECES = st.dictionaries(
    st.tuples(st.sampled_from(LINES), st.sampled_from(PROJECTS)), AMOUNTS, min_size=1
)


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


class Ledger(RuleBasedStateMachine):
    """The model keeps balances, postings, contracts, claims and payments in plain dictionaries."""

    def __init__(self, as_web, scope_of, counties):
        super().__init__()
        self.county = f"4205{next(counties):02}000000"
        self.open = lambda by="tester", **more: as_web(scope_of(self.county, **more), by=by)
        self.dept = actor("dept", "sector_department", self.county)
        self.checker, self.payer = (
            actor(name, "finance", self.county) for name in ("checker", "payer")
        )
        self.balances: dict[tuple[str, str, str], int] = {}
        self.postings: dict[int, list[tuple[tuple[str, str, str], int]]] = {}
        self.plan_of: dict[int, object] = {}  # the plans that stand, by posting
        self.amended: dict[
            int, int
        ] = {}  # posting of the plan amended, by posting of its amendment
        self.contracts: dict[int, dict] = {}
        self.claims: dict[int, dict] = {}
        self.payments: dict[int, dict] = {}
        self.closed: set[int] = set()
        self.month = 1
        self.sealed = 0

    @initialize()
    def begin(self):
        """Some money and a plan from the start, so that the later stages are near."""
        with self.open():
            load_places(by="tester", rows=[Place(self.county, "某县")], source="test")
            make_lines(*LINES, place_code=self.county)
            make_projects(*PROJECTS, county=self.county[:6])
        for line in LINES:
            self.announce(line, 12, 0)
            self.receive(line, 9)
        self.plan({("A", "P"): 7, ("B", "P"): 4, ("B", "Q"): 3})

    # --- the model -----------------------------------------------------------------------------

    @property
    def day(self):
        return date(2026, self.month, 9)

    def attempt(self, legs, act, by="tester"):
        """Let the books and the model do the same, or both refuse. `act` gives a posting's number."""
        after = dict(self.balances)
        for account, fen in legs:
            after[account] = after.get(account, 0) + fen
        fits = all(fen >= 0 or account[1] in OUTSIDE for account, fen in after.items())
        if not fits or self.month <= self.sealed:
            with pytest.raises(ConflictError), self.open(by=by):
                act()
            return None
        with self.open(by=by):
            number = act()
        self.balances = after
        self.postings[number] = legs
        return number

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

    # --- a line --------------------------------------------------------------------------------

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

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS, back=st.booleans())
    def carry(self, line, fen, back):
        stages = ("carried_over", "announced") if back else ("announced", "carried_over")
        verb = actions.bring_in if back else actions.carry_over
        legs = [((line, stages[0], ""), -fen), ((line, stages[1], ""), fen)]
        self.attempt(legs, lambda: verb(**self.terms(line, fen)))

    @rule(line=st.sampled_from(LINES), fen=AMOUNTS, carried=st.integers(0, 2), cash=AMOUNTS)
    def take_back(self, line, fen, carried, cash):
        legs = [
            ((line, "announced", ""), -fen),
            ((line, "carried_over", ""), -carried),
            ((line, "taken_back", ""), fen + carried),
            ((line, "received", ""), -cash),
            ((line, "returned", ""), cash),
        ]
        terms = self.terms(line, fen) | {"carried_fen": carried, "cash_fen": cash}
        self.attempt(legs, lambda: actions.take_back(**terms))

    @rule(line=st.sampled_from(LINES), project=st.sampled_from(PROJECTS), fen=AMOUNTS)
    def restore(self, line, project, fen):
        legs = [((line, "recovered", project), -fen), ((line, "announced", ""), fen)]
        terms = self.terms(line, fen) | {"project": project}
        self.attempt(legs, lambda: actions.restore(**terms))

    # --- plans ---------------------------------------------------------------------------------

    @rule(pieces=PIECES)
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
            actions.approve_plan(by="approver", plan=plan, day=self.day)
        legs = []
        for (line, project), fen in pieces.items():
            legs += [((line, "announced", ""), -fen), ((line, "allocated", project), fen)]
        post = lambda: actions.post_plan(by="tester", plan=plan, day=self.day)
        number = self.attempt(legs, post)
        if number is not None:
            self.plan_of[number] = (plan, pieces)
            with pytest.raises(ConflictError), self.open():
                post()

    @precondition(lambda self: self.plan_of)
    @rule(which=WHICH, pieces=PIECES)
    def amend(self, which, pieces):
        old = sorted(self.plan_of)[which % len(self.plan_of)]
        plan, before = self.plan_of[old]
        if pieces == before:
            return
        first = date(2026, self.month, 1)
        with self.open():
            amended = actions.propose_amendment(
                by="tester",
                plan=plan,
                title="调整方案",
                reason="水毁",
                pieces=[(line, project, fen) for (line, project), fen in pieces.items()],
            )
        with self.open(by="approver"):
            actions.approve_plan(by="approver", plan=amended, day=first)
        with pytest.raises(ConflictError, match="notice"), self.open():
            actions.post_plan(by="tester", plan=amended, day=self.day)
        with self.open():
            actions.notice_amendment(
                by="tester",
                plan=amended,
                opens_on=first,
                policy=lenient(self.county, first),
                now=datetime(2026, self.month, 1, 4, tzinfo=UTC),
            )
        legs = []
        for line, project in before.keys() | pieces.keys():
            fen = pieces.get((line, project), 0) - before.get((line, project), 0)
            legs += [((line, "announced", ""), -fen), ((line, "allocated", project), fen)]
        post = lambda: actions.post_plan(by="tester", plan=amended, day=self.day)
        number = self.attempt(legs, post)
        if number is not None:
            del self.plan_of[old]
            self.plan_of[number] = (amended, pieces)
            self.amended[number] = (old, plan, before)

    # --- contracts and claims ------------------------------------------------------------------

    @rule(project=st.sampled_from(PROJECTS), fen=st.integers(1, 8))
    def sign(self, project, fen):
        plan, committed, _ = self.held(project)
        shares = in_row(plan, committed, plan, fen)

        def act():
            made = actions.sign_contract(
                by=self.dept,
                place_code=self.county,
                number=f"{len(self.postings)}号",
                project=project,
                basis=Basis.CONTRACT,
                title="路",
                payee="某公司",
                fen=fen,
                signed_on=self.day,
                day=self.day,
            )
            self.made = made.pk
            return made.posting_id

        legs = self.move(shares or {"A": 10**6}, "allocated", "committed", project)
        if self.attempt(legs, act, by="dept") is not None:
            terms = {"project": project, "fen": fen, "claimed": 0, "released": 0}
            self.contracts[self.made] = terms

    @precondition(lambda self: self.contracts)
    @rule(which=WHICH)
    def end(self, which):
        key = sorted(self.contracts)[which % len(self.contracts)]
        contract = self.contracts[key]
        left = contract["fen"] - contract["claimed"] - contract["released"]
        plan, committed, claimed = self.held(contract["project"])
        kept = in_row(
            plan, claimed, committed, sum(committed.values()) - sum(claimed.values()) - left
        )
        back = {line: committed[line] - claimed[line] - kept.get(line, 0) for line in LINES}
        legs = self.move(
            {k: v for k, v in back.items() if v}, "committed", "allocated", contract["project"]
        )
        act = lambda: actions.end_contract(
            by=self.dept, contract_id=key, day=self.day, reason="完工"
        )
        if left == 0:
            with pytest.raises(ConflictError), self.open(by="dept"):
                act()
        elif self.attempt(legs, act, by="dept") is not None:
            contract["released"] += left

    @precondition(lambda self: self.contracts)
    @rule(which=WHICH, fen=AMOUNTS)
    def claim(self, which, fen):
        key = sorted(self.contracts)[which % len(self.contracts)]
        contract = self.contracts[key]
        with self.open(by="dept"):
            drawn = actions.draft_claim(
                by=self.dept, contract_id=key, kind=ClaimKind.PROGRESS, fen=fen
            )
        act = lambda: actions.lodge_claim(
            by=self.dept, claim_id=drawn.pk, policy=lenient(self.county, self.day), day=self.day
        )
        if fen > contract["fen"] - contract["claimed"] - contract["released"]:
            with pytest.raises(InputError), self.open(by="dept"):
                act()
            return
        plan, committed, claimed = self.held(contract["project"])
        shares = in_row(plan, claimed, committed, fen)
        legs = self.move(shares, "committed", "claimed", contract["project"])
        number = self.attempt(legs, act, by="dept")
        if number is not None:
            contract["claimed"] += fen
            self.claims[drawn.pk] = {
                "contract": key, "shares": shares, "status": "lodged", "paid": {}, "legs": legs,
                "posting": number,
            }  # fmt: skip

    def pick(self, which, *statuses):
        found = [key for key in sorted(self.claims) if self.claims[key]["status"] in statuses]
        return found[which % len(found)] if found else None

    @rule(which=WHICH)
    def check(self, which):
        key = self.pick(which, "lodged")
        if key is not None:
            with self.open(by="checker"):
                actions.check_claim(by=self.checker, claim_id=key, day=self.day)
            self.claims[key]["status"] = "checked"

    @rule(which=WHICH)
    def return_claim(self, which):
        key = self.pick(which, "lodged", "checked")
        if key is None:
            return
        claim = self.claims[key]
        act = lambda: actions.return_claim(
            by=self.checker,
            claim_id=key,
            reasons=["missing_paper"],
            note="",
            policy=lenient(self.county, self.day),
            day=self.day,
        )
        if claim["paid"]:
            with pytest.raises(ConflictError), self.open(by="checker"):
                act()
            return
        legs = [(account, -fen) for account, fen in claim["legs"]]
        if self.attempt(legs, act, by="checker") is not None:
            claim["status"] = "returned"
            self.contracts[claim["contract"]]["claimed"] -= sum(claim["shares"].values())

    # --- payments ------------------------------------------------------------------------------

    @rule(which=WHICH, one_line=st.sampled_from((None, *LINES)))
    def pay(self, which, one_line):
        key = self.pick(which, "checked")
        if key is None:
            return
        claim = self.claims[key]
        project = self.contracts[claim["contract"]]["project"]
        owed = {line: fen for line, fen in claim["shares"].items() if line not in claim["paid"]}
        shares = owed if one_line is None else {k: v for k, v in owed.items() if k == one_line}

        def act():
            paid = actions.pay(
                by=self.payer,
                claim_id=key,
                voucher=f"凭{len(self.postings)}",
                day=self.day,
                lines=None if one_line is None else [one_line],
            )
            self.made = paid.pk
            return paid.posting_id

        if not shares:
            with pytest.raises(ConflictError), self.open(by="payer"):
                act()
            return
        legs = self.move(shares, "claimed", "paid", project)
        legs += self.move(shares, "received", "disbursed", "")
        if self.attempt(legs, act, by="payer") is not None:
            claim["paid"] |= dict.fromkeys(shares, self.made)
            came = dict.fromkeys(shares, 0)
            self.payments[self.made] = {
                "claim": key, "shares": shares, "came": came, "legs": legs, "project": project,
                "bounced": False,
            }  # fmt: skip

    @precondition(lambda self: self.payments)
    @rule(which=WHICH)
    def bounce(self, which):
        key = sorted(self.payments)[which % len(self.payments)]
        paid = self.payments[key]
        act = lambda: actions.bounce(by=self.payer, payment_id=key, day=self.day, reason="账号错")
        if paid["bounced"] or any(paid["came"].values()):
            with pytest.raises(ConflictError), self.open(by="payer"):
                act()
            return
        legs = [(account, -fen) for account, fen in paid["legs"]]
        if self.attempt(legs, act, by="payer") is not None:
            paid["bounced"] = True
            for line in paid["shares"]:
                del self.claims[paid["claim"]]["paid"][line]

    @precondition(lambda self: self.payments)
    @rule(which=WHICH, fen=AMOUNTS)
    def recover(self, which, fen):
        key = sorted(self.payments)[which % len(self.payments)]
        paid = self.payments[key]
        back = in_row(paid["shares"], paid["came"], paid["shares"], fen)

        def act():
            return actions.recover(
                by=self.payer, payment_id=key, fen=fen, day=self.day, reason="审减"
            ).posting_id

        if paid["bounced"] or back is None:
            with pytest.raises(ConflictError), self.open(by="payer"):
                act()
            return
        legs = self.move(back, "paid", "recovered", paid["project"])
        legs += self.move(back, "disbursed", "received", "")
        if self.attempt(legs, act, by="payer") is not None:
            for line, part in back.items():
                paid["came"][line] += part

    # --- reversals, crashes, months ------------------------------------------------------------

    @rule(which=WHICH)
    def reverse(self, which):
        number = sorted(self.postings)[which % len(self.postings)]
        stages = {account[1] for account, _ in self.postings[number]}

        def act():
            return actions.reverse(by="tester", posting=number, day=self.day, memo="冲销")

        replaced = any(number == old for old, _, _ in self.amended.values())
        own_verb = stages & set(COMMITTED)
        if number in self.closed or own_verb or replaced:
            with pytest.raises(ConflictError), self.open():
                act()
            return
        red = self.attempt([(account, -fen) for account, fen in self.postings[number]], act)
        if red is not None:
            self.closed |= {number, red}
            self.plan_of.pop(number, None)
            if number in self.amended:
                old, plan, before = self.amended.pop(number)
                self.plan_of[old] = (plan, before)

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

    # --- what always holds ---------------------------------------------------------------------

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


def test_the_ledger_does_what_the_model_does(as_web, scope_of):
    counties = count(1)
    run_state_machine_as_test(
        lambda: Ledger(as_web, scope_of, counties),
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
