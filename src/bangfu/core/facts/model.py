"""What a fact is: one typed, named thing that the books know of a household, person, work row or village.

Rules (`policy/`), sheets (`core.sheets`), models (`books.households`) and engines all speak in these
names. A *plain* fact is a stored column; a *derived* fact is a table expression over plain ones
(`core.facts.derived`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Table(StrEnum):
    """Whose fact it is. Each table is one row per thing named."""

    HOUSEHOLD = "household"
    PERSON = "person"
    JOB = "job"  # 已外出务工: one spell of work away from home
    PLAN = "plan"  # 计划外出务工: one plan to go
    INCOME = "income"  # 收入明细: one item of a household's income in one year
    VILLAGE = "village"  # 行政村: one village's yearly sheet


class Kind(StrEnum):
    """The type of a fact, and how each engine stores it."""

    TEXT = "text"  # free text; string
    CODE = "code"  # one of a closed list; string
    VALUES = "values"  # several of a list; array of string
    YES_NO = "yes_no"  # boolean
    FEN = "fen"  # money; int64
    INT = "int"  # int64
    DECIMAL = "decimal"  # areas, distances; decimal(14, 2)
    SHARE = "share"  # 0 to 1; decimal(38, 12) in sheets of money, decimal(18, 6) in red flags
    DATE = "date"
    MONTH = "month"  # YYYYMM; int32
    GUARDED = "guarded"  # encrypted at rest; rules cannot name it
    TOKEN = "token"  # keyed hash of a guarded value, for equality only; string


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `zh` is its name in the sheets people have; `values` is its closed list, if any.

    `table` is None for what the books do not keep as such: a fact of what red flags are looked for in.
    """

    name: str
    table: Table | None
    kind: Kind
    zh: str
    en: str
    values: tuple[str, ...] = ()
