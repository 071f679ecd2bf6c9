"""Behind the program's back: the superuser with triggers switched off alters the books."""

from datetime import date
from importlib import import_module

import pytest
from funds_factories import COUNTY
from funds_people import actor, lenient

from bangfu.books.funds import actions, spans
from bangfu.books.funds.models import Basis
from bangfu.books.funds.verify import one_state, verify
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.files.policy_folder import policy_in_force

MARCH, APRIL = date(2026, 3, 2), date(2026, 4, 2)


@pytest.fixture
def books(announced, approved, as_web):
    """1, 2 announced; 3 the plan; March sealed; 4, 5 received in April."""
    announced(A=100, B=50)
    plan = approved(("A", "P1", 60), ("B", "P1", 40), ("A", "P2", 30))
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=MARCH)
        actions.seal_month(by="tester", place_code=COUNTY, month=202603, today=APRIL)
        for line in "AB":
            actions.receive(by="tester", place_code=COUNTY, line=line, fen=500, day=APRIL)


@pytest.fixture
def recounted(as_web, monkeypatch):
    """What the recount finds; in columns or one by one, in spans of any size, it is the same."""

    def run():
        found = []
        for rows, one_by_one in ((1, False), (3, False), (200_000, False), (200_000, True)):
            monkeypatch.setattr(spans, "ROWS_A_SPAN", rows)
            with monkeypatch.context() as patched, one_state(), as_web():
                if one_by_one:
                    patched.setattr("bangfu.books.funds.verify.sound_blocks", lambda *_: None)
                found.append(verify())
        *in_columns, obvious = found
        assert in_columns == [obvious] * len(in_columns)
        return obvious

    return run


@pytest.fixture
def tampered(books, connect, recounted):
    """Run statements as nobody may, then verify: (where, rule) of each problem."""

    def run(*statements):
        with connect("postgres") as root:
            root.execute("set session_replication_role = replica")
            for statement in statements:
                assert root.execute(statement).rowcount > 0, statement
        return [(p.where, p.rule.removeprefix("ledger.")) for p in recounted()]

    return run


POSTING_1, POSTING_3, POSTING_4 = (
    "posting 1 (2026-03-02)",
    "posting 3 (2026-03-02)",
    "posting 4 (2026-04-02)",
)


def test_untouched_books_are_sound(books, recounted):
    assert recounted() == []


@pytest.mark.parametrize("rows", [1, 2, 5, 200_000])
def test_untouched_books_are_proved_in_columns(books, as_web, monkeypatch, rows):
    """No posting is looked at by itself, wherever the ledger is cut."""
    monkeypatch.setattr(spans, "ROWS_A_SPAN", rows)
    monkeypatch.delattr("bangfu.core.ledger.recount.Recount.add")
    told = []
    with one_state(), as_web():
        assert verify(progress=told.append) == []
    assert told[-1] == 5


def test_an_altered_row(tampered):
    assert tampered("update funds_entry set fen = 6001 where posting_id = 3 and fen = 6000") == [
        (POSTING_3, "digest"),
        (POSTING_3, "sums"),
        ("balance A allocated P1", "balance"),
        ("posting 3: A → P1", "plan"),
    ]


def test_a_row_moved_to_another_project_with_its_balances(tampered):
    """Everything sums and every balance fits; the digest and the approved plan still tell."""
    assert tampered(
        "update funds_entry set project_id = 3 where posting_id = 3 and fen = 3000",
        "update funds_balance set project_id = 3 where amount = 3000",
    ) == [
        (POSTING_3, "digest"),
        ("posting 3: A → P2", "plan"),
        ("posting 3: A → P3", "plan"),
    ]


@pytest.mark.parametrize(
    "change", ["day = '2026-03-01'", "memo = '改'", "actor = 'nobody'", "kind = 'receive'"]
)
def test_an_altered_posting(tampered, change):
    assert tampered(f"update funds_posting set {change} where id = 1")[0][1] == "digest"


def test_a_document_renumbered(tampered, books, as_web):
    with as_web():
        paper = actions.record_document(
            by="tester", place_code=COUNTY, number="文1", issued_on=APRIL
        )
        number = actions.receive(
            by="tester", place_code=COUNTY, line="A", fen=1, day=APRIL, document=paper
        )
    assert tampered("update funds_document set number = '文2'") == [
        (f"posting {number} (2026-04-02)", "digest"),
        (f"funds_document {paper.pk}", "history"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "update funds_document set issued_on = '2026-03-01'",
        "update funds_document set title = '另一份文件', issuer = '别处'",
        "delete from funds_documenthistory",
        "update projects_project set cost_fen = cost_fen + 1 where number = 'P1'",
        "update projects_project set name = '别的' where number = 'P1'",
    ],
)
def test_a_paper_or_a_project_rewritten_under_sound_postings(tampered, books, as_web, statement):
    """The digests hold the number of a paper and the key of a project, their histories the rest."""
    with as_web():
        actions.record_document(by="tester", place_code=COUNTY, number="文1", issued_on=APRIL)
    [(where, rule)] = tampered(statement)
    assert where.startswith(("funds_document ", "projects_project ")) and rule == "history"


def test_papers_from_before_they_had_a_history_begin_one(
    tampered, books, as_web, connect, recounted
):
    begin = import_module("bangfu.books.funds.migrations.0016_document_history")
    with as_web():
        actions.record_document(by="tester", place_code=COUNTY, number="文1", issued_on=APRIL)
    [_] = tampered("delete from funds_documenthistory")
    with connect("bangfu_owner") as owner:
        owner.execute(begin.EVERYWHERE)
        owner.execute(begin.BEGIN)
    assert recounted() == []


def test_a_row_deleted(tampered):
    assert tampered("delete from funds_entry where posting_id = 3 and fen = 4000") == [
        (POSTING_3, "digest"),
        (POSTING_3, "sums"),
        ("balance B allocated P1", "balance"),
        ("posting 3: B → P1", "plan"),
    ]


def test_a_posting_deleted_from_the_middle(tampered):
    found = tampered(
        "delete from funds_entry where posting_id = 1",
        "delete from funds_link where posting_id = 1",
        "delete from funds_posting where id = 1",
    )
    assert (POSTING_3, "chain") in found
    assert ("balance A announced", "balance") in found


def test_a_posting_deleted_whose_rows_remain(tampered):
    assert ("posting 1", "posting") in tampered("delete from funds_posting where id = 1")


def test_the_tail_deleted(tampered):
    assert tampered(
        "delete from funds_entry where posting_id = 5",
        "delete from funds_link where posting_id = 5",
        "delete from funds_posting where id = 5",
        "delete from funds_balance where stage in ('treasury', 'received') and line_id = 2",
    ) == [("line B", "tail")]


def test_the_tail_deleted_with_its_heads_is_told_by_the_seal(tampered):
    found = tampered(
        "delete from funds_entry where posting_id >= 3",
        "delete from funds_link where posting_id >= 3",
        "delete from funds_posting where id >= 3",
        "delete from funds_planitem",
        "delete from funds_balance where stage not in ('source', 'announced')",
        "update funds_balance set amount = -(select amount from funds_balance s"
        " where s.line_id = funds_balance.line_id and stage = 'source') where stage = 'announced'",
        "update funds_head h set position = 1, posting_id = l.posting_id, digest = l.digest"
        " from funds_link l where l.line_id = h.line_id",
    )
    assert found == [("line A", "seal"), ("line B", "seal")]


@pytest.mark.parametrize(
    "statement, where",
    [
        (
            "update funds_balance set amount = 999 where stage = 'announced' and line_id = 1",
            "balance A announced",
        ),
        ("update funds_balance set amount = 1 where amount = 4000", "balance B allocated P1"),
        (
            "delete from funds_balance where stage = 'received' and line_id = 2",
            "balance B received",
        ),
        (
            "update funds_balance set stage = 'pledged' where stage = 'received' and line_id = 2",
            "balance B pledged",
        ),
    ],
)
def test_an_altered_balance(tampered, statement, where):
    found = tampered(statement)
    assert (where, "balance") in found and {rule for _, rule in found} == {"balance"}


def test_links_and_heads(tampered):
    zeros = "0" * 64
    assert tampered(f"update funds_link set previous = '{zeros}' where posting_id = 4") == [
        (POSTING_4, "digest"),
        (POSTING_4, "chain"),
    ]
    found = tampered(f"update funds_head set digest = '{zeros}' where line_id = 2")
    assert found[-1] == ("line B", "head")


def test_the_seal(tampered):
    assert tampered("update funds_sealedhead set position = 1 where line_id = 1")[-1] == (
        "seal 202603",
        "seal",
    )


@pytest.fixture
def claimed(books, as_web):
    """6 a contract of 80 with P1, 7 a claim of 40, 8 its payment from A alone; April."""
    dept, checker, payer = (
        actor("dept", "sector_department"),
        actor("checker", "finance"),
        actor("payer", "finance"),
    )
    with as_web():
        actions.receive(by="tester", place_code=COUNTY, line="A", fen=4000, day=APRIL)
    with as_web(by="dept"):
        contract = actions.sign_contract(
            by=dept, place_code=COUNTY, number="合1", project="P1", basis=Basis.CONTRACT,
            title="路", payee="某公司", fen=8000, signed_on=APRIL, day=APRIL, policy=policy_in_force(),
        )  # fmt: skip
        claim = actions.draft_claim(
            by=dept, contract_id=contract.pk, kind=ClaimKind.PROGRESS, fen=4000
        )
        policy = lenient(COUNTY, APRIL)
        number = actions.lodge_claim(by=dept, claim_id=claim.pk, policy=policy, day=APRIL)
    with as_web(by="checker"):
        actions.check_claim(by=checker, claim_id=claim.pk, day=APRIL)
    with as_web(by="payer"):
        paid = actions.pay(by=payer, claim_id=claim.pk, voucher="凭1", day=APRIL, lines=["A"])
    return contract.posting_id, number, paid.posting_id


def test_an_altered_payment_and_its_cash_are_named(claimed, tampered):
    _, _, paid = claimed
    found = tampered(
        f"update funds_entry set fen = fen - 100 where posting_id = {paid} and fen > 0",
        f"update funds_entry set fen = fen + 100 where posting_id = {paid} and fen < 0",
        "update funds_balance set amount = amount - 100 where stage in ('paid', 'disbursed')"
        " and line_id = 1",
        "update funds_balance set amount = amount + 100 where line_id = 1"
        " and stage in ('claimed', 'received')",
    )
    assert found == [
        (f"posting {paid} (2026-04-02)", "digest"),
        (f"posting {paid}", "record"),
    ]


def test_sound_records_are_proved_in_columns(claimed, as_web, monkeypatch):
    """Nothing is asked for by itself, wherever the ledger is cut."""
    monkeypatch.setattr("bangfu.books.funds.verify.altered_records", None)
    for rows in (1, 3, 200_000):
        monkeypatch.setattr(spans, "ROWS_A_SPAN", rows)
        with one_state(), as_web():
            assert verify() == []


@pytest.mark.parametrize(
    "statement, which, rules",
    [
        ("update funds_contract set fen = 9000", 0, ["record", "history"]),
        ("update funds_claim set fen = 3999", 1, ["record", "contract", "history"]),
        ("update funds_claimshare set fen = fen + 1 where line_id = 1", 1, ["record", "history"]),
        # The two lines' shares still sum to the claim.
        (
            "update funds_claimshare set fen = fen + case line_id when 1 then 1 else -1 end",
            1,
            ["record", "record", "history", "history"],
        ),
        ("update funds_payment set fen = 1", 2, ["record"]),
        ("delete from funds_payment", 2, ["record"]),
        ("update funds_payment set voucher = '凭2'", 2, ["number"]),
        ("update funds_contract set number = 'X'", 0, ["number", "history"]),
        ("update funds_contract set claimed_fen = 0", None, ["contract", "history"]),
        ("update funds_contract set payee = '某某公司'", None, ["history"]),
        ("delete from funds_contracthistory", None, ["history"]),
    ],
)
def test_a_record_that_is_not_what_was_posted_is_named(claimed, tampered, statement, which, rules):
    found = tampered(statement)
    assert [rule for _, rule in found] == rules
    if which is not None:
        assert found[0][0].startswith(f"posting {claimed[which]}")


def test_what_was_altered_in_a_row_with_a_history_is_told(claimed, tampered, recounted):
    tampered("update funds_contract set payee = '某某公司', title = '别的'")
    [problem] = recounted()
    assert problem.where.startswith("funds_contract ")
    assert "payee" in problem.text.en
    assert "title" in problem.text.en
