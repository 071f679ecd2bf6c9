"""Money and projects of a county, planted for tests that need something of everything to look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.attachments.actions import keep
from bangfu.books.funds import actions
from bangfu.books.funds.models import Basis, ClaimPaper, FundLine
from bangfu.books.projects.models import (
    Commitment,
    Defect,
    KeyVillage,
    Meeting,
    Project,
    StagePaper,
)
from bangfu.books.red_flags.models import Flag, FlagRow, Relation
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


def money_of(county: str, village: str, word: str) -> dict[str, int]:
    """A line, a contract, two claims with their papers and a payment, `word` in every text.

    The first claim is paid, the second waits for finance. The keys are those of attacks/pages.toml.
    """
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
            stage="built",
            started_on=DAY,
            built_on=DAY,
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
            policy=policy_in_force(),
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
        "fund_plan": plan.pk,
        "contract": contract.pk,
        "claim": waiting,
        "claim_paper": paper.pk if paper else 0,
        "payment": payment.pk,
        "fund_month": sealed.pk,
    }


def flag_of(county: str, word: str) -> dict[str, int]:
    """A red flag about the county, with a row, and a declared relation; `word` in every text."""
    with _at_work("officer"):
        flag = Flag.objects.create(
            place_code=county,
            county_code=county,
            year=DAY.year,
            rule="low_growth",
            subject_kind="county",
            subject_key=county,
            label=word,
            reason_zh=word,
            reason_en=word,
            evidence="0" * 64,
            found_on=DAY,
            seen_on=DAY,
        )
        FlagRow.objects.create(
            flag=flag,
            place_code=county,
            evidence=flag.evidence,
            position=1,
            kind="county",
            key=county,
            text_zh=word,
            text_en=word,
        )
        relation = Relation.objects.create(
            place_code=county,
            decider=word,
            party=word,
            what=word,
            declared_on=DAY,
            declared_by="officer",
        )
    return {"red_flag": flag.pk, "relation": relation.pk}


def project_at(village: str, name: str) -> dict[str, int]:
    """A project with a paper, a defect, and a commitment of a meeting in its village, named `name`."""
    project = Project.objects.create(
        number=f"P-{village}",
        place_code=village,
        year=DAY.year,
        name=name,
        cost_fen=10_000_000,
        performance_target="受益农户42户",
        status="admitted",
    )
    paper = keep(
        by="tester",
        place_code=village,
        classes=(),
        name="paper.pdf",
        content=f"%PDF {village}".encode(),
        content_type="application/pdf",
        now=NOW,
    )
    StagePaper.objects.create(
        project=project,
        place_code=village,
        stage="plan",
        kind="实施方案",
        attachment=paper,
        given_on=DAY,
    )
    defect = Defect.objects.create(
        project=project,
        place_code=village,
        found_on=DAY,
        found_by="tester",
        what=name,
        due_on=DAY,
    )
    KeyVillage.objects.create(place_code=village, year=DAY.year)
    meeting = Meeting.objects.create(
        place_code=village,
        kind="village",
        year=DAY.year,
        number="1",
        held_on=DAY,
        chaired_by=name,
        attended=name,
        decided=name,
        at=NOW,
    )
    commitment = Commitment.objects.create(
        meeting=meeting, place_code=village, item=name, department=name, due_on=DAY
    )
    return {
        "project": project.pk,
        "project_file": paper.pk,
        "defect": defect.pk,
        "meeting": meeting.pk,
        "commitment": commitment.pk,
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
