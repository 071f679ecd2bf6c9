from datetime import date

import pytest

from bangfu.core.periods import Span, age_on, is_month, month_of, months_between


def test_age_counts_completed_years():
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
    assert age_on(date(2010, 11, 22), date(2026, 11, 22)) == 16


def test_months():
    assert months_between(202511, 202602) == 3
    assert months_between(202602, 202511) == -3
    assert month_of(date(2026, 11, 22)) == 202611
    assert is_month(202612)
    assert not is_month(202613)
    assert not is_month(2026)


@pytest.mark.parametrize(
    ("written", "first", "last", "before"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), "2026-09"),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31), "2025-12"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028-01"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "2026-Q3"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2025"),
    ],
)
def test_a_reported_span_knows_its_days_and_the_one_before(written, first, last, before):
    span = Span.read(written)
    assert (span.code, span.first, span.last) == (written, first, last)
    assert span.before.code == before
    assert span.before.last < span.first


def test_a_month_lies_in_its_quarter_and_year():
    assert [span.code for span in Span.read("2026-11").wider()] == ["2026-Q4", "2026"]
    assert [span.code for span in Span.read("2026-Q4").wider()] == ["2026"]
    assert Span.read("2026").wider() == ()
    assert Span.month_of(date(2026, 3, 31)) == Span.read("2026-03")


@pytest.mark.parametrize(
    "written", ["", "2026-13", "2026-1", "2026-Q5", "26", "2026-00", "2026-10 "]
)
def test_what_is_no_span_is_refused(written):
    with pytest.raises(ValueError, match="not a period"):
        Span.read(written)
