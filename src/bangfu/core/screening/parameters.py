"""What law and county decide, handed to screening as data.

The values come from `policy/`, resolved for the place and the day before they get here; nothing in
this package holds one of them. Shares are `Fraction`s, so that they are compared by multiplying out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bangfu.core.screening.deprivation import Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters of one screening.

    `lines` are (place prefix, fen per person and year): the income line of the longest prefix a
    household's place begins with counts, and "" is the nation.
    """

    on: date
    lines: tuple[tuple[str, int], ...]
    # Guarantees; the conditions read these in policy, the sentences show them.
    school_age: tuple[int, int]  # completed years on the day, both ends included
    dangerous_grades: tuple[str, ...]  # of the housing assessment
    water_litres_at_least: int  # a person and day
    water_minutes_at_most: int  # to fetch water, both ways
    water_shortage_days_at_most: int
    # Medical burden.
    medical_threshold: int  # fen of out-of-pocket spending, a household and year
    medical_share: Fraction  # of net income
    medical_roster_threshold: int  # fen of out-of-pocket spending, a person and year
    # Risks.
    students_at_least: int  # beyond compulsory school
    labour_share_at_most: Fraction  # able members of all members
    work_months_at_least: int  # a member's months of work in the year
    # Multidimensional poverty.
    scheme: Scheme
    # The rosters that are complete for the places screened: only then does absence mean anything.
    rosters: frozenset[str] = frozenset()
