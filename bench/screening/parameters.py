"""The setting of the benchmark's screening: the product's own policy for the nation on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bangfu.core.places import NATION
from bangfu.core.policy import load
from bangfu.core.screening.setting import setting
from bangfu.files.policy_folder import read_policy

ON = date(2024, 1, 1)
SETTING = setting(load(read_policy(Path(__file__).parents[2] / "policy")), place=NATION, on=ON)


def by_hand_values() -> dict[str, str]:
    """The numbers of the setting as the hand-written SQL has them."""
    held = SETTING.parameters
    youngest, oldest = held.school_age
    lines = {code: fen for code, fen in held.lines if code}
    assert all(len(code) == 2 for code in lines), "the SQL tells lines by province"
    line = str(dict(held.lines)[""])
    if lines:
        cases = " ".join(f"when {code} then {fen}" for code, fen in lines.items())
        line = f"case place_code // 10000000000 {cases} else {line} end"
    return {
        "line": line,
        "born_by": f"date '{ON.replace(year=ON.year - youngest)}'",
        "born_after": f"date '{ON.replace(year=ON.year - oldest - 1)}'",
        "grades": ", ".join(str("ABCD".index(grade) + 1) for grade in held.dangerous_grades),
        "litres": str(held.water_litres_at_least),
        "minutes": str(held.water_minutes_at_most),
        "days": str(held.water_shortage_days_at_most),
        "medical": str(held.medical_threshold),
        "share_over": str(held.medical_share.numerator),
        "share_under": str(held.medical_share.denominator),
        "students": str(held.students_at_least),
        "able_over": str(held.labour_share_at_most.numerator),
        "able_under": str(held.labour_share_at_most.denominator),
        "months": str(held.work_months_at_least),
        "score": " + ".join(
            f"{indicator.column}::int * {indicator.weight}" for indicator in held.scheme.indicators
        ),
        "cutoff_under": str(held.scheme.cutoff.denominator),
        "cutoff_over": str(held.scheme.cutoff.numerator * held.scheme.weight),
        "deprived": ", ".join(indicator.column for indicator in held.scheme.indicators),
    }
