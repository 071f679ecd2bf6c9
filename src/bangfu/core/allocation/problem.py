"""The allocation problem: fund lines, projects and rules, as plain frozen data.

Amounts are whole fen, priorities and shares exact fractions, places the significant digits of a
12-digit code ("" is the nation). `None` stands for "*": no limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

Names = frozenset[str] | None
Prefixes = tuple[str, ...] | None

# The significant digits of a place end at one of these, and so does every prefix.
GROUP_ENDS = (0, 2, 4, 6, 9, 12)


@dataclass(frozen=True, slots=True)
class ShareRule:
    """What is spent on `purposes`, as a part of all that is spent, stays within these bounds."""

    purposes: Names
    at_least: Fraction | None = None
    at_most: Fraction | None = None


@dataclass(frozen=True, slots=True)
class FundLine:
    """One source of money with its strings. `poolable=False`: only shown, it pays nothing."""

    id: str
    amount_fen: int
    name: str = ""
    purposes: Names = None
    areas: Prefixes = None
    beneficiaries: Names = None
    poolable: bool = True
    share_rules: tuple[ShareRule, ...] = ()
    spend_by: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """One project of the bank.

    An indivisible project has `max_units` 1 and costs `unit_fen`; a divisible one costs `unit_fen`
    for each of its 1 to `max_units` units, and `priority` counts per unit. `recipe` fixes which
    line pays how much. `beneficiaries` empty means that no group is singled out.
    """

    id: str
    unit_fen: int
    name: str = ""
    place: str = ""
    purpose: str = ""
    priority: Fraction = Fraction(1)
    required: bool = False
    max_units: int = 1
    divisible: bool = False
    recipe: tuple[tuple[str, int], ...] | None = None
    beneficiaries: frozenset[str] = frozenset()
    admitted: bool = True


@dataclass(frozen=True, slots=True)
class AmountRule:
    """A floor or a ceiling on what `lines` spend on `purposes` in `places`.

    A floor that is not `hard` may fall short; a ceiling is always hard.
    """

    id: str
    amount_fen: int
    places: Prefixes = None
    purposes: Names = None
    lines: Names = None
    hard: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that binds more than one line or project."""

    floors: tuple[AmountRule, ...] = ()
    ceilings: tuple[AmountRule, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()
    requires: tuple[tuple[str, str], ...] = ()
    share_rules: tuple[ShareRule, ...] = ()
    total_at_least_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How exact and how long: relative gap, seconds of wall clock for the whole job."""

    gap: Fraction = Fraction(1, 10_000)
    time_limit_s: Fraction = Fraction(60)


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole allocation problem; its ids are unique and its references resolve."""

    fund_lines: tuple[FundLine, ...]
    projects: tuple[Project, ...]
    rules: Rules = field(default_factory=Rules)
    options: Options = field(default_factory=Options)


def significant(code: str) -> str | None:
    """The significant digits of a place given in up to 12 digits, or None when it is no place.

    Trailing groups of zeros carry no meaning. A group of zeros in the middle does: 441900003000 is
    a township of a prefecture that has no counties.
    """
    if len(code) not in GROUP_ENDS or not (code == "" or (code.isascii() and code.isdigit())):
        return None
    for start, end in zip(GROUP_ENDS[-2::-1], GROUP_ENDS[:0:-1], strict=True):
        if code[start:end].strip("0"):
            return code[:end]
    return ""
