"""Money of a county for the attacks: a line, a contract, a claim with its papers, a payment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.funds import actions
from bangfu.books.funds.models import Basis, ClaimPaper, FundLine
from bangfu.books.projects.models import Project
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core import places
from bangfu.core.language import Text
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.files.policy_folder import policy_in_force
from bangfu.files.uploads import Upload

DAY, NOW = date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)
PAPERS = ("contract", "notice", "invoice", "progress", "photos")


@contextmanager
def _at_work(username: str) -> Iterator[None]:
    with within(Scope((places.NATION,), frozenset(DataClass), "test"), by=username):
        yield


def _actor(username: str, role: str, county: str) -> Actor:
    held = HeldRole(role, Text(role, role), county, frozenset({DataClass.MONEY}), True)
    return Actor(username, username, None, (held,))


def plant(county: str, village: str, word: str) -> dict[str, int]:
    """One of each, `word` in every text; a second claim of the contract waits for finance."""
    department = _actor("department", "sector_department", county)
    with _at_work("planner"):
        line = FundLine.objects.create(
            number=f"资金{word}", place_code=county, year=2026, name=word, fund_class="fiscal"
        )
        Project.objects.create(
            number=f"项目{word}",
            place_code=village,
            year=2026,
            name=word,
            cost_fen=100_000,
            performance_target=word,
            status="admitted",
        )
        here = {"by": "planner", "place_code": county, "line": line.number, "day": DAY}
        actions.announce(**here, fen=100_000)
        actions.receive(**here, fen=100_000)
        plan = actions.propose_plan(
            by="planner",
            place_code=county,
            year=2026,
            title=word,
            problem_hash="0" * 64,
            pieces=[(line.number, f"项目{word}", 100_000)],
        )
    with _at_work("approver"):
        actions.approve_plan(by="approver", plan=plan, day=DAY)
        actions.post_plan(by="approver", plan=plan, day=DAY)
    with _at_work("department"):
        contract = actions.sign_contract(
            by=department,
            place_code=county,
            number=f"合同{word}",
            project=f"项目{word}",
            basis=Basis.CONTRACT,
            title=word,
            payee=word,
            fen=90_000,
            signed_on=DAY,
            day=DAY,
        )
        paid, waiting = (_lodged(department, contract.pk, word, mark) for mark in "ab")
    with _at_work("checker"):
        actions.check_claim(by=_actor("checker", "finance", county), claim_id=paid, day=DAY)
    with _at_work("payer"):
        payment = actions.pay(
            by=_actor("payer", "finance", county), claim_id=paid, voucher=f"凭证{word}", day=DAY
        )
        paper = ClaimPaper.objects.filter(claim_id=paid).first()
        sealed = actions.seal_month(by="payer", place_code=county, month=202610, today=DAY)
    return {
        "fund_line": line.pk,
        "contract": contract.pk,
        "claim": waiting,
        "claim_paper": paper.pk if paper else 0,
        "payment": payment.pk,
        "fund_month": sealed.pk,
    }


def _lodged(by: Actor, contract: int, word: str, mark: str) -> int:
    claim = actions.draft_claim(
        by=by, contract_id=contract, kind=ClaimKind.PROGRESS, fen=10_000, note=word
    )
    for code in PAPERS:
        content = f"%PDF-1.7 {word} {code} {mark} %%EOF".encode()
        actions.add_paper(
            by=by,
            claim_id=claim.pk,
            code=code,
            upload=Upload(f"{word}.pdf", content, "application/pdf"),
            policy=policy_in_force(),
            now=NOW,
        )
    actions.lodge_claim(by=by, claim_id=claim.pk, policy=policy_in_force(), day=DAY)
    return int(claim.pk)
