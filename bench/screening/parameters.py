"""The parameters of the benchmark's screening: invented, the same for every size."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from bangfu.core.screening.deprivation import CONDITIONS, Indicator, Scheme
from bangfu.core.screening.parameters import Parameters

_WEIGHTS = (
    ("income", "income", 6),
    ("adult_schooling", "education", 3),
    ("school_attendance", "education", 3),
    ("health", "health", 3),
    ("medical_insurance", "health", 3),
    ("housing", "living", 1),
    ("water", "living", 1),
    ("electricity", "living", 1),
    ("toilet", "living", 1),
    ("road", "living", 1),
    ("land", "living", 1),
)
SCHEME = Scheme(
    "bench",
    tuple(
        Indicator(name, dimension, weight, CONDITIONS[name]) for name, dimension, weight in _WEIGHTS
    ),
    Fraction(1, 3),
)
LINES = (("", 770_000), ("11", 900_000), ("14", 730_000), ("22", 810_000), ("33", 870_000))
PARAMETERS = Parameters(
    on=date(2024, 1, 1),
    lines=LINES,
    school_age=(6, 15),
    dangerous_grades=("C", "D"),
    water_litres_at_least=35,
    water_minutes_at_most=30,
    water_shortage_days_at_most=15,
    medical_threshold=2_000_000,
    medical_share=Fraction(2, 5),
    medical_roster_threshold=1_000_000,
    students_at_least=2,
    labour_share_at_most=Fraction(1, 4),
    work_months_at_least=6,
    many_labour_at_least=3,
    village_labour_share_below=Fraction(1, 3),
    land_at_least=5,
    fragile_places=("110102",),
    scheme=SCHEME,
)
