"""A term's payments from application to the bank's return, on real PostgreSQL."""

import csv
import io

import pytest
from payments_ground import LINE, TERM, household_no

from bangfu.books.funds.models import Balance, Posting
from bangfu.books.payments.queries import paid_to

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


def test_a_term_is_paid(two):
    batch = two.batch()
    assert (batch.payments_count, batch.stopped_count, batch.fen) == (2, 0, 300_000)
    file = two.send(batch)
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
    assert rows[1:] == [
        [
            f"{batch.pk:08d}000001",
            "演示乙长",
            "62100000000011",
            "1500.00",
            f"vocational_aid {TERM}",
        ],
        [
            f"{batch.pk:08d}000002",
            "演示丙长",
            "62100000000021",
            "1500.00",
            f"vocational_aid {TERM}",
        ],
    ]
    taken = two.back(batch, answered(file))
    assert (taken.paid, taken.failed, taken.paid_fen) == (2, 0, 300_000)
    [money] = two.look(lambda: paid_to(ONE))
    assert (money.fen, money.status, money.account_end) == (150_000, "paid", "0011")
    # One posting for the whole batch.
    postings = two.look(lambda: list(Posting.objects.filter(kind="allocate").values_list("pk")))
    assert len(postings) == 1
    held = two.look(
        lambda: dict(Balance.objects.filter(line__number=LINE).values_list("stage", "amount"))
    )
    assert held["allocated"] == 300_000
