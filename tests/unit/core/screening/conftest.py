"""Parameters of a screening, as policy would resolve them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from bangfu.core.screening.deprivation import CONDITIONS, Indicator, Scheme
from bangfu.core.screening.parameters import Parameters


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    indicators = tuple(Indicator(name, "d", 1, condition) for name, condition in CONDITIONS.items())
    return Parameters(
        on=date(2026, 10, 1),
        lines=(("", 730_000),),
        school_age=(6, 15),
        dangerous_grades=("C", "D"),
        water_litres_at_least=35,
        water_minutes_at_most=30,
        water_shortage_days_at_most=15,
        medical_threshold=2_000_000,
        medical_share=Fraction(2, 5),
        medical_roster_threshold=2_000_000,
        students_at_least=2,
        labour_share_at_most=Fraction(1, 4),
        work_months_at_least=6,
        many_labour_at_least=2,
        village_labour_share_below=Fraction(1, 3),
        land_at_least=5,
        fragile_places=("4205271",),
        scheme=Scheme("test", indicators, Fraction(1, 3)),
    )
