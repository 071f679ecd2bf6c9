"""A term's payments from application to the bank's return, on real PostgreSQL."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import IntegrityError, connection
from payments_ground import COUNTY, LATER, TODAY, family, household_no

from bangfu.books.funds import actions as funds
from bangfu.books.households.actions import remove_member
from bangfu.books.households.actions.happening import Evidence
from bangfu.books.payments import actions
from bangfu.books.payments.models import Batch, Entitlement, Payment, Stop
from bangfu.books.payments.queries import paid_to
from bangfu.books.publishing.copies import County
from bangfu.books.publishing.models import ContractCopy, PaymentCopy
from bangfu.core.errors import ConflictError, ForbiddenError, InputError

ONE, TWO = household_no(1), household_no(2)


def answered(file: bytes, *, failed: dict[int, str] | None = None) -> bytes:
    """The bank's return of a file: all paid but those at the given rows, counted from 0."""
    rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(("流水号", "金额（元）", "结果", "原因"))
    for number, row in enumerate(rows):
        why = (failed or {}).get(number, "")
        lines.writerow((row["流水号"], row["金额（元）"], "失败" if why else "成功", why))
    return out.getvalue().encode()


@pytest.fixture
def two(ground, funded):
    """Two students whose notice is over, their heads' accounts recorded, and money for ten."""
    funded(15_000)
    for code in (ONE, TWO):
        ground.account(code)
    ground.noticed(ground.applied(ONE), ground.applied(TWO))
    return ground


def test_a_roll_in_public_is_no_contract_and_its_payment_names_nobody(two):
    two.send(two.batch())
    month = LATER.year * 100 + LATER.month
    two.act("cashier", funds.close_month, place_code=COUNTY, month=month, today=date(2027, 1, 2))

    def copied():
        return [row for each in County(COUNTY).contents() for row in each.rows]

    rows = two.look(copied)
    assert not [row for row in rows if isinstance(row, ContractCopy)]
    [paid] = [row for row in rows if isinstance(row, PaymentCopy)]
    assert (paid.payee, paid.fen) == ("", 300_000)


def test_a_term_is_paid(two):
    batch = two.batch()
    assert (batch.payments_count, batch.stopped_count, batch.fen) == (2, 0, 300_000)
    file = two.send(batch)
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert rows[1:] == [
        [
            f"{batch.pk:08d}000001",
            "演示乙长",
            "621000000000011",
            "1500.00",
            "雨露计划职业教育补助 2026年秋季学期",
        ],
        [
            f"{batch.pk:08d}000002",
            "演示丙长",
            "621000000000021",
            "1500.00",
            "雨露计划职业教育补助 2026年秋季学期",
        ],
    ]
    taken = two.back(batch, answered(file))
    assert (taken.paid, taken.failed, taken.paid_fen) == (2, 0, 300_000)
    [money] = two.look(lambda: paid_to(ONE))
    assert (money.fen, money.status, money.account_end) == (150_000, "paid", "0011")
    assert two.stands() == {
        "paid": 300_000,
        "disbursed": 300_000,
        "received": 1_200_000,
        "allocated": 1_200_000,
    }


def test_the_file_is_the_same_bytes_and_its_numbers_are_sealed(two, connect):
    batch = two.batch()
    file = two.send(batch)
    assert two.file(batch) == file
    two.back(batch, answered(file))
    assert two.file(batch) == file
    with connect("postgres") as admin:
        for table in ("payments_payment", "payments_account", "payments_paymenthistory"):
            kept = admin.execute(f"select coalesce(string_agg(t::text, ' '), '') from {table} t")
            assert "621000000000011" not in kept.fetchone()[0], table
        journaled = admin.execute(
            "select count(*) from journal_entry where verb = 'payments.bank_file'"
        )
        assert journaled.fetchone() == (3,)


def test_an_altered_row_stops_the_file(two, connect):
    batch = two.batch()
    two.send(batch)
    with connect("postgres") as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update payments_payment set fen = 1 where position = 1")
    with pytest.raises(ConflictError, match="altered"):
        two.file(batch)


def test_a_crash_after_the_file_pays_nobody_twice(two, monkeypatch):
    """The server dies between the file and the journal: nothing stands, and the next file is the same."""
    batch = two.batch()
    two.checked(batch)

    def die(*_, **__):
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patch:
        patch.setattr("bangfu.books.payments.actions.paying.journal_batch", die)
        with pytest.raises(RuntimeError):
            two.pay(batch)
    assert two.look(lambda: Batch.objects.get(pk=batch.pk).status) == "submitted"
    assert "paid" not in two.stands()
    first = two.pay(batch)
    with monkeypatch.context() as patch:
        patch.setattr("bangfu.books.payments.actions.paying.journal_batch", die)
        with pytest.raises(RuntimeError):
            two.file(batch)
        with pytest.raises(RuntimeError):
            two.back(batch, answered(first))
    assert two.file(batch) == first
    assert two.look(lambda: set(Payment.objects.values_list("status", flat=True))) == {"waiting"}
    assert two.back(batch, answered(first)).paid == 2
    with pytest.raises(ConflictError):
        two.batch()


def test_a_return_twice_shuffled_or_other(two):
    batch = two.batch()
    file = two.send(batch)
    back = answered(file, failed={1: "账户已注销"})
    assert two.back(batch, back).failed == 1
    head, *lines = back.decode().splitlines()
    shuffled = "\r\n".join([head, *reversed(lines)]).encode()
    assert two.back(batch, shuffled).before
    with pytest.raises(ConflictError, match="Another return"):
        two.back(batch, answered(file))
    assert two.look(lambda: list(Payment.objects.values_list("status", "failure"))) == [
        ("paid", ""),
        ("failed", "账户已注销"),
    ]


def test_a_return_that_is_not_right_applies_nothing(two):
    batch = two.batch()
    file = two.send(batch)
    lines = answered(file).decode().splitlines()
    wrong = [
        lines[0],
        lines[1].replace("1500.00", "1500.01"),
        lines[2],
        lines[2],
        lines[2].replace(f"{batch.pk:08d}", f"{batch.pk + 1:08d}"),
    ]
    with pytest.raises(InputError) as refused:
        two.back(batch, "\n".join(wrong).encode())
    told = [problem.text.zh for problem in refused.value.problems]
    assert [words.partition("，流水号“")[0] for words in told] == ["第 2 行", "第 4 行", "第 5 行"]
    assert two.look(lambda: set(Payment.objects.values_list("status", flat=True))) == {"waiting"}


def test_what_failed_is_repaid_once(two):
    first = two.batch()
    two.back(first, answered(two.send(first), failed={0: "账号错误"}))
    two.account(ONE, account="6210999900000011")
    again = two.batch()
    assert (again.payments_count, again.fen) == (1, 150_000)
    file = two.send(again)
    assert "6210999900000011" in file.decode()
    two.back(again, answered(file, failed={0: "账号错误"}))
    with pytest.raises(ConflictError, match="Nothing waits"):
        two.batch()


def test_who_may_not_be_paid_is_stopped_with_why(two, as_web):
    three, four = household_no(3), household_no(4)
    with as_web():
        for number in range(3, 8):
            family(number)
    two.account(three, holder_name="别人")
    two.account(four, holder_number="420527196001010011")
    dead, gone = household_no(6), household_no(7)
    for code in (dead, gone):
        two.account(code)
    two.noticed(*(two.applied(household_no(number)) for number in range(3, 8)))
    evidence = Evidence(on=TODAY, document="死亡证明 1 号")
    for code, kind in ((dead, "death"), (gone, "move_out")):
        with as_web():
            remove_member(
                by="tester",
                household_no=code,
                person_no="2",
                kind=kind,
                evidence=evidence,
                today=TODAY,
            )
    batch = two.batch()
    assert (batch.payments_count, batch.stopped_count) == (2, 5)
    stops = two.look(lambda: dict(Stop.objects.values_list("household_no", "reason")))
    assert stops == {
        three: "name",
        four: "number",
        household_no(5): "no_account",
        dead: "dead",
        gone: "moved",
    }
    two.send(batch)
    two.account(three)
    assert two.batch().payments_count == 1
    made = two.look(Batch.objects.count)
    with pytest.raises(InputError, match="Nobody can be paid") as refused:
        two.batch()
    causes = {problem.where: problem.text.en for problem in refused.value.problems}
    assert set(causes) == {four, household_no(5), dead, gone}
    assert "the head's" in causes[household_no(5)]
    assert two.look(Batch.objects.count) == made


def test_three_people_check_and_another_pays(two, connect):
    made = two.applied(ONE, term="2025-2")
    with connect("postgres") as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            "update accounts_operator set person_token = repeat('a', 64)"
            " where username in ('clerk', 'reviewer')"
        )
    with pytest.raises(ForbiddenError, match="different people"):
        two.act("reviewer", actions.check, entitlements=[made.pk])

    def sign(by):
        Entitlement.objects.filter(pk=made.pk).update(status="checked", checked_by="reviewer")

    with pytest.raises(IntegrityError, match="one person twice"):
        two.act("reviewer", sign)
    with pytest.raises(ForbiddenError):
        two.act("clerk", actions.check, entitlements=[made.pk])
    batch = two.batch()
    with pytest.raises(ForbiddenError):
        two.pay(batch, by="officer")


def test_one_person_scheme_and_term_once_and_no_stacking(two):
    with pytest.raises(ConflictError, match="for this term already"):
        two.applied(ONE)
    with pytest.raises(InputError) as refused:
        two.applied(ONE, person="1")
    assert [problem.rule for problem in refused.value.problems] == ["school"]
    row = two.look(lambda: Entitlement.objects.filter(household_no=ONE).values().get())
    other = {"scheme": "student_aid", "status": "applied", "checked_by": "", "approved_by": ""}
    stacked = row | other | {"id": None, "applied_by": "clerk"}
    with pytest.raises(IntegrityError, match="payments_entitlement_stacked"):
        two.act("clerk", lambda by: Entitlement.objects.create(**stacked))


def test_two_batches_race_for_the_last_fen(ground, funded, as_web):
    """A plan for twelve students and cash for ten; two batches of six each are paid at once: one wins."""
    funded(18_000, cash=15_000)
    with as_web():
        for number in range(10, 22):
            family(number)
    for number in range(10, 22):
        ground.account(household_no(number))
    made = []
    for numbers in (range(10, 16), range(16, 22)):
        ground.noticed(*(ground.applied(household_no(number)) for number in numbers))
        made.append(ground.batch())
        ground.checked(made[-1])
    gate = Barrier(2)

    def send(batch):
        try:
            connection.ensure_connection()
            gate.wait()
            ground.pay(batch)
        except ConflictError:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        won = list(pool.map(send, made))
    assert sorted(won) == [False, True]
    assert ground.look(lambda: Batch.objects.filter(status="sent").count()) == 1
    assert ground.stands() == {
        "paid": 900_000,
        "disbursed": 900_000,
        "received": 600_000,
        "claimed": 900_000,
    }


def test_two_makers_collect_the_same_once(two):
    gate = Barrier(2)

    def make(_):
        try:
            connection.ensure_connection()
            gate.wait()
            return two.batch().payments_count
        except ConflictError:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(make, range(2))) == [0, 2]


def test_a_cancelled_batch_lets_go(two):
    batch = two.batch()
    two.act("officer", actions.cancel_batch, batch_id=batch.pk, reason="重做", day=TODAY)
    assert two.batch().payments_count == 2
