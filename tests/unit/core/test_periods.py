from datetime import date

from bangfu.core.periods import age_on, is_month, month_of, months_between


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
