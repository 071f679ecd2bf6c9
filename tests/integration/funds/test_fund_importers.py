"""The sheet 资金明细 into lines and ledger."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from bangfu.books.funds import actions, queries
from bangfu.books.funds.importers import import_funds
from bangfu.books.funds.models import Document, FundLine, Posting, ShareRule
from bangfu.books.funds.verify import one_state, verify
from bangfu.core.errors import InputError
from bangfu.core.ledger.stages import Kind
from bangfu.core.sheets.assemble import DTYPES
from bangfu.core.sheets.money import FUNDS

COUNTY = "420527000000"
DAY = date(2026, 3, 31)
JANUARY = date(2026, 1, 20)


def sheet(*rows):
    """A frame as the sheet reader makes it; rows say only what they change."""
    usual = {
        "name": "资金",
        "fund_class": "行业扶贫资金",
        "level": "省",
        "department": "交通局",
        "document": "鄂财〔2026〕3号",
        "announced_on": JANUARY,
        "amount": 10_000,
        "poolable": True,
    }
    columns = {column.field: DTYPES[column.kind] for column in FUNDS.columns}
    return pl.DataFrame([dict.fromkeys(columns) | usual | row for row in rows], schema=columns)


@pytest.fixture
def load(as_web):
    def run(frame, **more):
        with as_web():
            return import_funds(
                by="tester",
                place_code=COUNTY,
                year=2026,
                frame=frame,
                share_purposes={"industry": ["产业"], "management": ["项目管理费"]},
                day=DAY,
                source="资金明细.xlsx",
                **more,
            )

    return run


FIRST = sheet(
    {
        "line_id": "A",
        "received": 4000,
        "purposes": ["道路", "产业"],
        "areas": ["420527101000"],
        "industry_at_least": Decimal("0.55"),
        "management_at_most": Decimal("0.01"),
    },
    {"line_id": "B", "announced_on": None, "fund_class": "社会资金", "level": None, "document": ""},
    {"line_id": "C", "poolable": False, "amount": 0},
)


def test_lines_and_movements_come_in_together(load, as_web):
    diff = load(FIRST)
    assert (diff.lines.added, diff.written) == (3, True)
    assert [(m.line, m.kind, m.fen, m.day) for m in diff.movements] == [
        ("A", Kind.ANNOUNCE, 10_000, JANUARY),
        ("A", Kind.RECEIVE, 4000, JANUARY),
        ("B", Kind.PLEDGE, 10_000, DAY),
    ]
    with as_web():
        [a, b, c] = queries.balances_by_line(COUNTY)
        assert (a.announced_fen, a.received_fen, a.fund_class) == (10_000, 4000, "sector")
        assert (b.pledged_fen, b.announced_fen, b.level) == (10_000, 0, "")
        assert (c.announced_fen, c.poolable) == (0, False)
        assert Document.objects.get().issued_on == JANUARY
        [line, *_] = queries.lines_for_problem(COUNTY, 2026)
        assert line == {
            "id": "A",
            "name": "资金",
            "amount_fen": 10_000,
            "purposes": ["道路", "产业"],
            "areas": ["420527101000"],
            "beneficiaries": "*",
            "poolable": True,
            "share_rules": [
                {"purposes": ["产业"], "at_least": "0.55"},
                {"purposes": ["项目管理费"], "at_most": "0.01"},
            ],
        }
    with one_state(), as_web():
        assert verify() == []


def test_a_repeated_import_changes_nothing(load, as_web):
    load(FIRST)
    again = load(FIRST)
    assert (again.lines.unchanged, again.lines.added, again.lines.changed) == (3, 0, 0)
    assert again.movements == ()
    with as_web():
        assert Posting.objects.count() == 3 and ShareRule.objects.count() == 2


def test_a_dry_run_writes_nothing(load, as_web):
    diff = load(FIRST, dry_run=True)
    assert (diff.lines.added, len(diff.movements), diff.written) == (3, 3, False)
    with as_web():
        assert FundLine.objects.count() == 0 and Posting.objects.count() == 0


def test_a_later_sheet_posts_the_difference(load, as_web):
    load(FIRST)
    later = sheet(
        {"line_id": "A", "received": 9000, "amount": 12_000, "industry_at_least": Decimal("0.6")},
        {"line_id": "B", "document": "文9", "announced_on": DAY, "amount": 8000},
    )
    diff = load(later)
    assert (diff.lines.changed, diff.lines.absent) == (2, 1)
    assert [(m.line, m.kind, m.fen) for m in diff.movements] == [
        ("A", Kind.ANNOUNCE, 2000),
        ("A", Kind.RECEIVE, 5000),
        ("B", Kind.ANNOUNCE, 8000),
    ]
    with as_web():
        [a, b, _] = queries.balances_by_line(COUNTY)
        assert (a.announced_fen, a.received_fen) == (12_000, 9000)
        assert (b.pledged_fen, b.announced_fen) == (2000, 8000)
        assert [rule.at_least for rule in ShareRule.objects.all()] == [Decimal("0.6")]


def test_a_total_below_the_ledger_and_a_number_named_twice_are_told(load, as_web):
    load(FIRST)
    wrong = sheet(
        {"line_id": "A", "amount": 9999, "received": None},
        {"line_id": "B", "announced_on": None, "amount": 1},
        {"line_id": "B"},
    )
    with pytest.raises(InputError) as refused:
        load(wrong)
    assert [(p.where, p.rule) for p in refused.value.problems] == [
        ("B", "key"),
        ("A", "received"),
        ("A", "amount"),
    ]


def test_more_cash_than_was_announced_is_refused_at_its_column(load, as_web):
    load(FIRST)
    with pytest.raises(InputError) as refused:
        load(sheet({"line_id": "A", "amount": 12_000, "received": 12_001}))
    assert [(p.where, p.rule, p.value) for p in refused.value.problems] == [
        ("A", "received", "120.01")
    ]
    load(sheet({"line_id": "A", "amount": 12_000, "received": 12_000}))


def test_a_line_is_planned_with_what_is_free(load, as_web):
    load(FIRST)
    with as_web():
        first = Posting.objects.order_by("id").values_list("pk", flat=True)[0]
        actions.reverse(by="tester", posting=first, day=DAY, memo="误记")
        assert queries.lines_for_problem(COUNTY)[0]["amount_fen"] == 0
    # The sheet still says 10,000: it is posted again.
    assert [(m.line, m.kind) for m in load(FIRST).movements] == [("A", Kind.ANNOUNCE)]


def test_a_problems_hash_does_not_depend_on_the_order_of_keys():
    one = queries.problem_hash({"a": 1, "b": ["项目"]})
    assert one == queries.problem_hash({"b": ["项目"], "a": 1})
    assert one != queries.problem_hash({"a": 1, "b": ["项"]})
