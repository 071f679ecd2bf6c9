"""What the database itself refuses of contracts, claims and payments: attacks in plain SQL."""

from datetime import date

import psycopg
import pytest
from funds_factories import COUNTY
from funds_people import actor, lenient
from funds_sql import add_entries, add_posting

from bangfu.books.funds import actions
from bangfu.books.funds.models import Basis
from bangfu.core.ledger.claiming import ClaimKind
from bangfu.files.policy_folder import policy_in_force

DAY = date(2026, 3, 2)
DEPT, CHECKER, PAYER = (
    actor("dept", "sector_department"),
    actor("checker", "finance"),
    actor("payer", "finance"),
)
REFUSED = psycopg.errors.CheckViolation


@pytest.fixture
def paid(announced, approved, as_web):
    """A contract of 80 with P1: claim 1 of 20 is paid, claim 2 of 10 is lodged, claim 3 a draft."""
    announced(A=100, B=50)
    plan = approved(("A", "P1", 60), ("B", "P1", 40), ("A", "P2", 30))
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=DAY)
        for line in "AB":
            actions.receive(by="tester", place_code=COUNTY, line=line, fen=5000, day=DAY)
    policy = lenient(COUNTY, DAY)
    with as_web(by="dept"):
        contract = actions.sign_contract(
            by=DEPT, place_code=COUNTY, number="合1", project="P1", basis=Basis.CONTRACT,
            title="路", payee="某公司", fen=8000, signed_on=DAY, day=DAY, policy=policy_in_force(),
        )  # fmt: skip
        claims = [
            actions.draft_claim(by=DEPT, contract_id=contract.pk, kind=ClaimKind.PROGRESS, fen=fen)
            for fen in (2000, 1000, 500)
        ]
        for claim in claims[:2]:
            actions.lodge_claim(by=DEPT, claim_id=claim.pk, policy=policy, day=DAY)
    with as_web(by="checker"):
        actions.check_claim(by=CHECKER, claim_id=claims[0].pk, day=DAY)
    with as_web(by="payer"):
        actions.pay(by=PAYER, claim_id=claims[0].pk, voucher="凭1", day=DAY)


@pytest.mark.parametrize(
    "statement, told",
    [
        ("update funds_contract set claimed_fen = 0", "is counted"),
        ("update funds_contract set released_fen = 1", "is counted"),
        ("update funds_contract set fen = 1", "Cannot update"),
        ("update funds_claim set fen = 1", "Cannot update"),
        ("update funds_claim set status = 'lodged' where id = 3", "under another name"),
        ("update funds_claim set status = 'checked' where id = 3", "Invalid"),
        (("update funds_claim set status = 'checked', checked_by = 'other',"
         " checked_on = '2026-03-02' where id = 2"), "under another name"),
        (("update funds_claim set status = 'returned', returned_by = 'tester', returned_on ="
         " '2026-03-02', reasons = '{x}' where id = 1"), "is paid"),
        ("update funds_claimshare set payment_id = null where claim_id = 1", "is paid"),
        ("update funds_claimshare set payment_id = 1 where claim_id = 2", "of its claim"),
        ("update funds_claimshare set fen = 1", "Cannot update"),
        (("insert into funds_claimshare (place_code, claim_id, line_id, fen, recovered_fen)"
         " select place_code, 2, 3, 5, 0 from funds_claim where id = 2"), "come with the claim"),
        (("insert into funds_claimpaper (place_code, claim_id, code, attachment_id, digest)"
         " select place_code, 2, 'x', 1, 'y' from funds_claim where id = 2"), "being filled in"),
        (("insert into funds_claim (place_code, contract_id, kind, fen, note, status, claimed_by,"
         " checked_by, returned_by, reasons, return_note) select place_code, id, 'progress', 5, '',"
         " 'checked', 'tester', '', '', '{}', '' from funds_contract"), "begins as a draft"),
    ],
)  # fmt: skip
def test_what_was_agreed_and_counted_stays(paid, sql, statement, told):
    with pytest.raises((REFUSED, psycopg.errors.RaiseException), match=told):
        sql().execute(statement)


@pytest.mark.parametrize("table", ["payment", "recovery", "release"])
def test_payments_are_neither_changed_nor_deleted(paid, sql, table):
    connection = sql()
    for statement in (f"update funds_{table} set fen = 1", f"delete from funds_{table}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(statement)


@pytest.mark.parametrize(
    "kind, legs, told",
    [
        # Money that nobody signed, claimed or was paid for.
        ("commit", [("A", "allocated", 1, -5), ("A", "committed", 1, 5)], "has no record"),
        ("release", [("A", "committed", 1, -5), ("A", "allocated", 1, 5)], "has no record"),
        ("claim", [("A", "committed", 1, -5), ("A", "claimed", 1, 5)], "has no record"),
        ("pay", [("A", "claimed", 1, -5), ("A", "paid", 1, 5), ("A", "received", None, -5),
                 ("A", "disbursed", None, 5)], "has no record"),
        ("recover", [("A", "paid", 1, -5), ("A", "recovered", 1, 5), ("A", "disbursed", None, -5),
                     ("A", "received", None, 5)], "has no record"),
        # From one project to another, and one book without the other.
        ("commit", [("A", "allocated", 2, -5), ("A", "committed", 1, 5)], "from a project"),
        ("pay", [("A", "claimed", 1, -5), ("A", "paid", 1, 5)], "do not move alike"),
        ("pay", [("A", "received", None, -5), ("A", "disbursed", None, 5)], "do not move alike"),
        ("pay", [("A", "claimed", 1, -5), ("A", "paid", 1, 5), ("A", "received", None, -4),
                 ("A", "disbursed", None, 4)], "do not move alike"),
    ],
)  # fmt: skip
def test_every_movement_has_its_record_and_stays_with_its_project(paid, sql, kind, legs, told):
    connection = sql()
    add_entries(connection, add_posting(connection, kind=kind), *legs)
    with pytest.raises(REFUSED, match=told):
        connection.commit()


def test_a_claims_posting_is_not_reversed_under_the_claim(paid, sql):
    connection = sql()
    [number] = connection.execute("select posting_id from funds_claim where id = 2").fetchone()
    posting = add_posting(connection, kind="claim", reverses_id=number)
    legs = connection.execute(
        "select l.number, e.stage, e.project_id, -e.fen from funds_entry e"
        " join funds_fundline l on l.id = e.line_id where e.posting_id = %s",
        [number],
    ).fetchall()
    add_entries(connection, posting, *legs)
    with pytest.raises(REFUSED, match="has no record"):
        connection.commit()


@pytest.mark.parametrize(
    "people",
    [("dept", "checker", "checker"), ("dept", "checker", "dept"), ("dept", "payer", "payer")],
)
def test_a_payment_names_three_people_who_acted(paid, sql, people):
    claimed, checked, payer = people
    connection = sql(actor=payer)
    with pytest.raises((REFUSED, psycopg.errors.ForeignKeyViolation)):
        connection.execute(
            "insert into funds_payment (place_code, claim_id, claimed_by, checked_by, paid_by,"
            " voucher, fen, posting_id) values (%s, 1, %s, %s, %s, '凭9', 5, 1)",
            [COUNTY, claimed, checked, payer],
        )
        connection.commit()


def test_nobody_pays_in_another_name(paid, sql):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sql(actor="other").execute(
            "insert into funds_payment (place_code, claim_id, claimed_by, checked_by, paid_by,"
            " voucher, fen, posting_id) values (%s, 1, 'dept', 'checker', 'payer', '凭9', 5, 1)",
            [COUNTY],
        )
