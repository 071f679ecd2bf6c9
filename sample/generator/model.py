"""What the generator builds: households of members, in the words of the sheets.

Cells are named by their column (是否危房户, 劳动技能 …) and hold what the sheet shows: text, a number,
or nothing. Money is in yuan, as the sheets have it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | None
Cells = dict[str, Cell]

REFERENCE_DATE = date(2026, 10, 31)
# The youngest in the sample: every child is born before the school year began.
TERM_YOUNGEST = date(2026, 8, 31)
COUNTY_CODE = "420527"
PROVINCE, PREFECTURE, COUNTY = "湖北省", "宜昌市", "秭归县"
NOTICE = "人员均为虚构，仅供演示 / All persons are invented"

EX_POOR, ORDINARY = "脱贫户", "一般农户"
YES, NO = "是", "否"


@dataclass
class Member:
    """One person: `role` names them inside an archetype ("孩子"), `jobs` and `plans` are work rows."""

    role: str
    birth: date
    cells: Cells
    jobs: list[Cells] = field(default_factory=list)
    plans: list[Cells] = field(default_factory=list)
    number: str = ""

    @property
    def skill(self) -> Cell:
        return self.cells["劳动技能"]


@dataclass
class Household:
    """One household in one village; `cells` are the columns that all its rows repeat."""

    place: str
    number: str
    cells: Cells
    members: list[Member]

    @property
    def monitored(self) -> bool:
        return self.cells["监测对象类别"] is not None

    @property
    def ex_poor(self) -> bool:
        return self.cells["户类型"] == EX_POOR

    def member(self, role: str) -> Member:
        """The member with this role. Raises KeyError when there is none."""
        for member in self.members:
            if member.role == role:
                return member
        raise KeyError(f"no member {role} among {[m.role for m in self.members]}")

    def head(self) -> Member | None:
        """The first member recorded as head."""
        for member in self.members:
            if member.cells["与户主关系"] == "户主":
                return member
        return None

    def number_members(self) -> None:
        """Give the members their numbers: the household's and two digits."""
        for index, member in enumerate(self.members, start=1):
            member.number = f"{self.number}{index:02d}"


@dataclass(frozen=True)
class Village:
    """One real village."""

    code: str
    name: str
    township_code: str
    township: str


def age_on(birth: date, on: date) -> int:
    """Completed years."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
