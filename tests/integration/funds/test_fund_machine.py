"""The ledger on PostgreSQL against a plain model: any sequence of verbs, the same books in the end."""

from datetime import UTC, date, datetime
from itertools import count

import pytest
from fund_line_verbs import AMOUNTS, PROJECTS, LineVerbs
from fund_model import COMMITTED, LINES, in_row
from funds_factories import make_lines, make_projects
from funds_people import lenient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from bangfu.books.funds import actions
from bangfu.books.funds.models import Basis, Recovery
from bangfu.books.places.actions import load_places
from bangfu.core.errors import ConflictError, InputError
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.core.ledger.stages import Kind
from bangfu.core.places import Place
from bangfu.files.policy_folder import policy_in_force

WHICH = st.integers(0, 30)
PIECES = st.dictionaries(
    st.tuples(st.sampled_from(LINES), st.sampled_from(PROJECTS)), AMOUNTS, min_size=1
)


class Ledger(LineVerbs):
    """The other verbs: each does the same to the books and to the model, or is refused by both."""

    @initialize()
    def begin(self):
        """Money, a plan, a payment and what came back of it: every verb is near from the start."""
        with self.open():
            load_places(by="tester", rows=[Place(self.county, "某县")], source="test")
            make_lines(*LINES, place_code=self.county)
            make_projects(*PROJECTS, county=self.county[:6])
        for line in LINES:
            self.announce(line, 12, 0)
            self.receive(line, 9)
            self.carry_over(line, 3)
        self.plan({("A", "P"): 7, ("B", "P"): 4, ("B", "Q"): 3})
        self.amend(0, {("A", "P"): 7, ("B", "P"): 5, ("B", "Q"): 2})
        self.sign("P", 8)
        self.claim(0, 5)
        self.check(0)
        self.pay(0, None)
        self.recover(0, 2)

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
                policy=policy_in_force(),
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
            came = actions.recover(
                by=self.payer, payment_id=key, fen=fen, day=self.day, reason="审减"
            )
            self.made = came.pk
            return came.posting_id

        if paid["bounced"] or back is None:
            with pytest.raises(ConflictError), self.open(by="payer"):
                act()
            return
        legs = self.move(back, "paid", "recovered", paid["project"])
        legs += self.move(back, "disbursed", "received", "")
        if self.attempt(legs, act, by="payer") is not None:
            for line, part in back.items():
                paid["came"][line] += part
            self.recoveries[self.made] = {"project": paid["project"], "back": back, "kept": False}

    @precondition(lambda self: self.recoveries)
    @rule(which=WHICH)
    def reassign(self, which):
        key = sorted(self.recoveries)[which % len(self.recoveries)]
        came = self.recoveries[key]

        def act():
            recovery = Recovery.objects.get(pk=key)
            return actions.reassign(by=self.payer, recovery=recovery, day=self.day)

        if came["kept"]:
            with pytest.raises(ConflictError), self.open(by="payer"):
                act()
            return
        legs = self.move(came["back"], "recovered", "allocated", came["project"])
        number = self.attempt(legs, act, by="payer")
        if number is not None:
            came["kept"] = True
            self.kept.add(number)

    # --- reversals, crashes, months ------------------------------------------------------------

    @rule(which=WHICH)
    def reverse(self, which):
        number = sorted(self.postings)[which % len(self.postings)]
        stages = {account[1] for account, _ in self.postings[number]}

        def act():
            return actions.reverse(by="tester", posting=number, day=self.day, memo="冲销")

        replaced = any(number == old for old, _, _ in self.amended.values())
        own_verb = stages & set(COMMITTED) or number in self.kept
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

    @rule(statements=st.integers(0, 25))
    def crash(self, statements):
        """The next act that both would do dies after so many statements, and is then done."""
        self.dies_after = statements

    @rule()
    def seal(self):
        if self.month > self.sealed:
            with self.open():
                actions.seal_month(
                    by="tester",
                    place_code=self.county,
                    month=202600 + self.month,
                    today=date(2027, 1, 1),
                )
            self.sealed = self.month

    @rule()
    def next_month(self):
        self.month = min(self.month + 1, 12)


def test_the_ledger_does_what_the_model_does(as_web, scope_of):
    counties, seen = count(1), set()
    run_state_machine_as_test(
        lambda: Ledger(as_web, scope_of, counties, seen),
        settings=settings(
            max_examples=18,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {*Kind, "died"} - seen == set()
