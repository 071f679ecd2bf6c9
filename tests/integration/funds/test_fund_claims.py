"""From contract to payment: who may, what is refused and why, and what the lines hold after each step."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import connection
from funds_factories import COUNTY
from funds_people import actor

from bangfu.books.funds import actions
from bangfu.books.funds.actions import commitments
from bangfu.books.funds.models import (
    Balance,
    Basis,
    Claim,
    ClaimPaper,
    ClaimShare,
    Contract,
    Payment,
)
from bangfu.books.funds.verify import one_state, verify
from bangfu.books.journal.models import Entry as JournalEntry
from bangfu.books.projects.models import Project
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.files.policy_folder import policy_in_force
from bangfu.files.uploads import Upload

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
DEPT, CHECKER, PAYER = (
    actor("dept", "sector_department"),
    actor("checker", "finance"),
    actor("payer", "finance"),
)
PAPERS = ("contract", "tender", "notice", "invoice", "progress", "photos")


@pytest.fixture
def planned(announced, approved, as_web):
    """60 of A and 40 of B for P1, 30 of A for P2; 70 of A's and 20 of B's cash have arrived."""
    announced(A=100, B=50)
    plan = approved(("A", "P1", 60), ("B", "P1", 40), ("A", "P2", 30))
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=DAY)
        for line, yuan in (("A", 70), ("B", 20)):
            actions.receive(by="tester", place_code=COUNTY, line=line, fen=yuan * 100, day=DAY)
    return plan


@pytest.fixture
def signed(planned, as_web):
    """Contracts with P1: signed(80) in yuan."""

    def made(
        yuan, number="合1", project="P1", basis=Basis.CONTRACT, by=DEPT, payee="宜昌某建设公司"
    ):
        with as_web(by=by.username):
            return actions.sign_contract(
                by=by,
                place_code=COUNTY,
                number=number,
                project=project,
                basis=basis,
                title="通村路",
                payee=payee,
                fen=round(yuan * 100),
                signed_on=DAY,
                day=DAY,
                policy=policy_in_force(),
            )

    return made


@pytest.fixture
def drafted(as_web):
    """A draft with papers, each its own content: drafted(contract, 30, ClaimKind.ADVANCE)."""

    def made(contract, yuan, kind=ClaimKind.PROGRESS, papers=PAPERS, mark=""):
        with as_web(by="dept"):
            claim = actions.draft_claim(
                by=DEPT, contract_id=contract.pk, kind=kind, fen=int(yuan * 100)
            )
            for code in papers:
                paper(claim, code, f"{code} {mark or claim.pk}")
        return claim

    return made


def paper(claim, code, content):
    return actions.add_paper(
        by=DEPT,
        claim_id=claim.pk,
        code=code,
        upload=Upload(f"{code}.pdf", content.encode(), "application/pdf"),
        policy=policy_in_force(),
        now=NOW,
    )


@pytest.fixture
def lodge(as_web):
    def act(claim, by=DEPT):
        with as_web(by=by.username):
            return actions.lodge_claim(by=by, claim_id=claim.pk, policy=policy_in_force(), day=DAY)

    return act


@pytest.fixture
def check(as_web):
    def act(claim, by=CHECKER):
        with as_web(by=by.username):
            actions.check_claim(by=by, claim_id=claim.pk, day=DAY)

    return act


@pytest.fixture
def pay(as_web):
    def act(claim, voucher="凭1", by=PAYER, lines=None):
        with as_web(by=by.username):
            return actions.pay(by=by, claim_id=claim.pk, voucher=voucher, day=DAY, lines=lines)

    return act


@pytest.fixture
def held(as_web):
    """What stands on the stages of P1 and on the cash accounts, in yuan."""

    def read():
        with as_web():
            rows = Balance.objects.exclude(amount=0).exclude(stage__in=["source", "treasury"])
            return {
                f"{line} {stage}": amount / 100
                for line, stage, project, amount in rows.values_list(
                    "line__number", "stage", "project__number", "amount"
                )
                if project in ("P1", None) and stage != "announced"
            }

    return read


@pytest.fixture
def tendered(planned, as_web):
    """P1 was tendered: 宜昌某建设公司 won it at 80 yuan."""
    with as_web():
        Project.objects.filter(number="P1").update(contractor="宜昌某建设公司", contract_fen=8_000)


def refused_at(act):
    with pytest.raises(InputError) as refused:
        act()
    return [problem.where for problem in refused.value.problems]


def test_contracts_stay_within_the_award_and_with_its_winner(tendered, signed, as_web):
    assert refused_at(lambda: signed(80.01)) == ["fen"]
    assert refused_at(lambda: signed(80, payee="别的公司")) == ["payee"]
    signed(60)
    assert refused_at(lambda: signed(21, "合2")) == ["fen"]
    signed(20, "合2")
    with as_web():  # the price was changed on the project's page
        Project.objects.filter(number="P1").update(contract_fen=9_000)
    signed(10, "补1")


def test_services_are_procured_beside_the_tender(tendered, signed, drafted, lodge, as_web):
    """A tenth of 100 yuan, from any firm, and paid without a report from the site."""
    service = signed(10, "监1", basis=Basis.SERVICE, payee="某监理公司")
    assert refused_at(lambda: signed(1, "监2", basis=Basis.SERVICE, payee="某监理公司")) == ["fen"]
    signed(80)
    with as_web():
        Project.objects.filter(number="P1").update(
            stage="tender", accepted_on=None, accepted_fen=None, built_on=None, started_on=None
        )
    lodge(drafted(service, 9))


def test_nothing_is_signed_before_the_tender(planned, signed, as_web):
    with as_web():
        Project.objects.filter(number="P1").update(
            stage="design", accepted_on=None, accepted_fen=None, built_on=None, started_on=None
        )
    assert refused_at(lambda: signed(80)) == ["project"]
    signed(5, basis=Basis.SERVICE)


def test_the_database_holds_contracts_against_the_award_too(tendered, signed, monkeypatch):
    monkeypatch.setattr(commitments, "beyond_award", lambda award, **more: [])
    for more in ({"yuan": 80.01}, {"yuan": 80, "payee": "别的公司"}):
        with pytest.raises(ConflictError, match="中标"):
            signed(**more)
    signed(80)


def sound(as_web):
    with one_state(), as_web():
        return verify()


def test_a_claim_goes_from_contract_to_payment(signed, drafted, lodge, check, pay, held, as_web):
    contract = signed(80)
    assert held() == {
        "A allocated": 12, "A committed": 48, "B allocated": 8, "B committed": 32,
        "A received": 70, "B received": 20,
    }  # fmt: skip
    claim = drafted(contract, 40)
    lodge(claim)
    check(claim)
    paid = pay(claim)
    assert paid.fen == 4000
    assert held() == {
        "A allocated": 12, "A committed": 24, "A paid": 24, "A received": 46, "A disbursed": 24,
        "B allocated": 8, "B committed": 16, "B paid": 16, "B received": 4, "B disbursed": 16,
    }  # fmt: skip
    with as_web():
        assert Contract.objects.get().claimed_fen == 4000
        verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert {
        "funds.sign_contract", "funds.draft_claim", "funds.add_paper", "funds.lodge_claim",
        "funds.check_claim", "funds.pay",
    } <= verbs  # fmt: skip
    assert sound(as_web) == []


def test_a_claim_without_its_papers_is_refused_with_the_whole_list(
    signed, drafted, lodge, held, as_web
):
    claim = drafted(signed(80), 75, papers=("photos",))
    before = held()
    with pytest.raises(InputError) as refused:
        lodge(claim)
    assert [(problem.rule, problem.value) for problem in refused.value.problems] == [
        ("no_contract", "contract"),
        ("no_notice", "notice"),
        ("missing_paper", "invoice"),
        ("missing_paper", "progress"),
        ("over_step", ""),
    ]
    assert held() == before
    with as_web():
        assert Claim.objects.get().status == "draft"
        assert not ClaimShare.objects.exists()


def test_an_invoice_serves_one_claim(signed, drafted, lodge, as_web):
    contract = signed(80)
    lodge(drafted(contract, 10, mark="same"))
    again = drafted(contract, 10, mark="same")
    with pytest.raises(InputError) as refused:
        lodge(again)
    assert [(p.rule, p.value) for p in refused.value.problems] == [("false_voucher", "invoice")]


def test_a_returned_claims_invoice_may_come_again(signed, drafted, lodge, as_web, held):
    contract = signed(80)
    before = held()
    claim = drafted(contract, 10, mark="same")
    lodge(claim)
    with as_web(by="checker"):
        actions.return_claim(
            by=CHECKER, claim_id=claim.pk, reasons=["no_notice"], note="公示不足",
            policy=policy_in_force(), day=DAY,
        )  # fmt: skip
    assert held() == before
    lodge(drafted(contract, 10, mark="same"))
    assert sound(as_web) == []


def test_papers_come_and_go_only_while_the_claim_is_a_draft(signed, drafted, lodge, as_web):
    claim = drafted(signed(80), 10)
    with as_web(by="dept"):
        photo = ClaimPaper.objects.get(claim=claim, code="photos")
        actions.remove_paper(by=DEPT, claim_id=claim.pk, paper_id=photo.pk)
        with pytest.raises(ConflictError, match="attached already"):
            paper(claim, "invoice", f"invoice {claim.pk}")
        with pytest.raises(InputError, match="no such paper"):
            paper(claim, "poem", "x")
        paper(claim, "photos", "anew")
    lodge(claim)
    with pytest.raises(ConflictError), as_web(by="dept"):
        paper(claim, "photos", "late")
    with pytest.raises(ConflictError), as_web(by="dept"):
        actions.remove_paper(by=DEPT, claim_id=claim.pk, paper_id=photo.pk)


@pytest.mark.parametrize(
    "verb, by",
    [
        ("lodge", CHECKER),
        ("check", DEPT),
        ("check", actor("officer", "county_officer")),
        ("pay", DEPT),
        ("pay", actor("elsewhere", "finance", "420528000000")),
        ("pay", CHECKER),
    ],
)
def test_each_step_is_for_its_own_people(signed, drafted, lodge, check, pay, held, verb, by):
    claim = drafted(signed(80), 10)
    if verb != "lodge":
        lodge(claim)
    if verb == "pay":
        check(claim)
    before = held()
    with pytest.raises(ForbiddenError):
        {"lodge": lodge, "check": check, "pay": pay}[verb](claim, by=by)
    assert held() == before


def test_who_holds_both_roles_still_checks_nothing_of_the_own(signed, drafted, lodge, check, pay):
    both = actor("dept", "finance")
    claim = drafted(signed(80), 10)
    lodge(claim)
    with pytest.raises(ForbiddenError, match="different people"):
        check(claim, by=both)
    check(claim)
    with pytest.raises(ForbiddenError, match="different people"):
        pay(claim, by=both)


def test_two_accounts_of_one_person_are_one_person(
    signed, drafted, lodge, check, pay, as_web, operator_of
):
    operator_of("finance", username="checker", id_number="11010519491231002X")
    operator_of("finance", username="payer", id_number="11010519491231002X")
    claim = drafted(signed(80), 10)
    lodge(claim)
    check(claim)
    with pytest.raises(ForbiddenError, match="two accounts"):
        pay(claim)
    # The database refuses it too, whatever the program does.
    with pytest.raises(psycopg.errors.CheckViolation, match="three people"), as_web(by="payer"):
        raw(
            "insert into funds_payment (place_code, claim_id, claimed_by, checked_by, paid_by,"
            " voucher, fen, posting_id) values (%s, %s, 'dept', 'checker', 'payer', 'v', 1, 1)",
            [COUNTY, claim.pk],
        )


def raw(statement, values=()):
    connection.connection.execute(statement, values)


def test_payment_waits_for_the_lines_cash(signed, drafted, lodge, check, pay, held):
    """B has 20 yuan of cash; a claim of 60 takes 24 of B. A's share can go before."""
    claim = drafted(signed(100), 60)
    lodge(claim)
    check(claim)
    before = held()
    with pytest.raises(ConflictError, match=r"B has 20.00 yuan received and 24.00 are needed"):
        pay(claim)
    assert held() == before
    assert pay(claim, lines=["A"]).fen == 3600
    with pytest.raises(ConflictError, match="owe nothing"):
        pay(claim, voucher="凭2", lines=["A"])
    with pytest.raises(ConflictError, match="20.00"):
        pay(claim, voucher="凭2")


def test_nothing_is_paid_twice(signed, drafted, lodge, check, pay):
    contract = signed(80)
    one, two = drafted(contract, 20), drafted(contract, 20)
    for claim in (one, two):
        lodge(claim)
        check(claim)
    pay(one)
    with pytest.raises(ConflictError, match="paid in full"):
        pay(one, voucher="凭2")
    with pytest.raises(ConflictError, match="voucher"):
        pay(two)
    pay(two, voucher="凭2")


def test_unchecked_is_unpaid_and_paid_is_not_returned(signed, drafted, lodge, check, pay, as_web):
    claim = drafted(signed(80), 20)
    lodge(claim)
    with pytest.raises(ConflictError, match="not been checked"):
        pay(claim)
    check(claim)
    pay(claim, lines=["A"])
    with pytest.raises(ConflictError, match="is paid"), as_web(by="checker"):
        actions.return_claim(
            by=CHECKER, claim_id=claim.pk, reasons=["no_notice"], note="",
            policy=policy_in_force(), day=DAY,
        )  # fmt: skip


def test_a_payment_that_bounced_is_paid_again(signed, drafted, lodge, check, pay, held, as_web):
    claim = drafted(signed(80), 20)
    lodge(claim)
    check(claim)
    before = held()
    paid = pay(claim)
    with as_web(by="payer"):
        actions.bounce(by=PAYER, payment_id=paid.pk, day=DAY, reason="账号错误")
    assert held() == before
    with pytest.raises(ConflictError), as_web(by="payer"):
        actions.bounce(by=PAYER, payment_id=paid.pk, day=DAY, reason="账号错误")
    pay(claim, voucher="凭2")
    assert sound(as_web) == []


def test_recovered_money_comes_back_to_its_lines_and_may_be_planned_again(
    signed, drafted, lodge, check, pay, held, as_web
):
    claim = drafted(signed(80), 20)
    lodge(claim)
    check(claim)
    paid = pay(claim)
    with as_web(by="payer"):
        actions.recover(by=PAYER, payment_id=paid.pk, fen=501, day=DAY, reason="审计核减")
    after = held()
    assert (after["A recovered"], after["B recovered"]) == (3.01, 2.0)
    assert (after["A received"], after["B received"]) == (61.01, 14.0)
    with pytest.raises(ConflictError, match="14.99"), as_web(by="payer"):
        actions.recover(by=PAYER, payment_id=paid.pk, fen=1500, day=DAY, reason="审计核减")
    with as_web():
        actions.restore(by="tester", place_code=COUNTY, line="A", project="P1", fen=301, day=DAY)
        free = Balance.objects.get(line__number="A", stage="announced")
        assert free.amount == 1301
    assert sound(as_web) == []


def test_an_ended_contract_gives_back_what_is_left(signed, drafted, lodge, held, as_web):
    contract = signed(80)
    lodge(drafted(contract, 30))
    with as_web(by="dept"):
        actions.end_contract(by=DEPT, contract_id=contract.pk, day=DAY, reason="变更")
    after = held()
    assert (after["A allocated"], after["B allocated"]) == (42, 28)
    assert (after["A claimed"], after["B claimed"]) == (18, 12)
    assert "A committed" not in after
    with pytest.raises(ConflictError, match="nothing left"), as_web(by="dept"):
        actions.end_contract(by=DEPT, contract_id=contract.pk, day=DAY, reason="变更")


def test_no_contract_beyond_the_plan(signed, held):
    signed(80)
    with pytest.raises(ConflictError, match=r"leaves project P1 20.00 yuan"):
        signed(21, number="合2")
    with pytest.raises(ConflictError, match="recorded already"):
        signed(10)
    signed(20, number="合2")


def test_an_award_is_claimed_as_an_award(signed, drafted, lodge):
    award = signed(30, number="奖1", project="P2", basis=Basis.AWARD)
    with pytest.raises(InputError) as refused:
        drafted(award, 30)
    assert refused.value.problems[0].where == "kind"
    lodge(drafted(award, 30, ClaimKind.AWARD, papers=("award", "notice", "acceptance", "photos")))


def test_claims_payments_and_contracts_are_not_reversed_by_themselves(
    signed, drafted, lodge, as_web
):
    contract = signed(80)
    number = lodge(drafted(contract, 10))
    for posting in (contract.posting_id, number):
        with pytest.raises(ConflictError, match="not reversed by itself"), as_web():
            actions.reverse(by="tester", posting=posting, day=DAY, memo="误")


def test_what_is_not_there_is_not_found(planned, as_web, pay):
    with pytest.raises(NotFoundError), as_web(by="dept"):
        actions.draft_claim(by=DEPT, contract_id=9, kind=ClaimKind.FINAL, fen=1)
    with pytest.raises(NotFoundError), as_web(by="payer"):
        actions.pay(by=PAYER, claim_id=9, voucher="x", day=DAY)
    with pytest.raises(NotFoundError), as_web(by="payer"):
        actions.bounce(by=PAYER, payment_id=9, day=DAY, reason="x")


def test_a_closed_month_takes_no_claim_and_no_payment(
    signed, drafted, lodge, check, pay, as_web, held
):
    contract = signed(80)
    claim, late = drafted(contract, 10), drafted(contract, 10)
    lodge(claim)
    check(claim)
    before = held()
    with as_web():
        actions.seal_month(by="tester", place_code=COUNTY, month=202603, today=date(2026, 4, 1))
    for refused in (lambda: pay(claim), lambda: lodge(late)):
        with pytest.raises(ConflictError, match="sealed"):
            refused()
    assert held() == before
    with as_web():
        assert not Payment.objects.exists()


def stands(as_web, **delivery):
    """P1 as delivery has left it."""
    blank = {"stage": "", "started_on": None, "built_on": None, "accepted_on": None}
    with as_web():
        Project.objects.filter(number="P1").update(**blank | {"accepted_fen": None} | delivery)


def test_what_is_not_begun_or_not_so_far_is_not_claimed(signed, drafted, lodge, as_web):
    stands(as_web, stage="tender")
    first = signed(80)
    claim = drafted(first, 30, ClaimKind.ADVANCE)
    with pytest.raises(InputError) as refused:
        lodge(claim)
    [told] = refused.value.problems
    assert told.rule == "over_step" and "Not begun" in told.text.en
    # An advance of 40 % of the price of 100 yuan, which is the whole project's.
    stands(as_web, stage="building", started_on=DAY)
    lodge(claim)
    other = drafted(signed(20, number="合2"), 8, ClaimKind.ADVANCE)
    lodge(other)
    stands(as_web, stage="building", started_on=DAY, contract_fen=9_000)
    with pytest.raises(InputError) as refused:
        lodge(drafted(first, 5, ClaimKind.PROGRESS))
    assert "at most 36.00 yuan" in refused.value.problems[-1].text.en


def test_an_award_pays_its_share_of_the_accepted_cost_and_no_more(signed, drafted, lodge, as_web):
    terms = {"mode": "after", "subsidy_share": "0.5"}
    papers = ("award", "notice", "acceptance", "photos")
    stands(as_web, stage="built", started_on=DAY, built_on=DAY, **terms)
    award = signed(60, basis=Basis.AWARD)
    claim = drafted(award, 45, ClaimKind.AWARD, papers=papers)
    with pytest.raises(InputError) as refused:
        lodge(claim)
    assert [problem.rule for problem in refused.value.problems] == ["not_accepted"]
    stands(as_web, stage="accepted", accepted_on=DAY, accepted_fen=8_800, **terms)
    with pytest.raises(InputError) as refused:
        lodge(claim)
    assert "at most 44.00 yuan" in refused.value.problems[0].text.en
    lodge(drafted(award, 44, ClaimKind.AWARD, papers=papers))


def test_one_file_is_one_paper_of_a_claim(signed, drafted, as_web):
    claim = drafted(signed(80), 30, papers=())
    with as_web(by="dept"):
        paper(claim, PAPERS[0], "同一份扫描件")
        with pytest.raises(ConflictError, match="每种材料请用各自的文件"):
            paper(claim, PAPERS[1], "同一份扫描件")
        paper(claim, PAPERS[1], "另一份")
