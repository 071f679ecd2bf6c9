"""Performance targets (绩效目标) as numbers, read from the sentence they are written in.

"受益农户51户，满意度95%以上" is two targets: 受益农户 51 户, 满意度 95 %. A part without a number is a
target that people judge; it is kept with its words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

# A comma before three digits is a thousands mark; NFKC has made every comma an ASCII one.
_PARTS = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))|[;。、\n]")
_NUMBERED = re.compile(
    r"(?P<name>.*?)"
    r"(?P<at_most>不超过|不高于|不多于|不大于|<=|≤|<)?"
    r"(?:不低于|不少于|不小于|达到|达|至少|>=|≥|>|:|为|约)?\s*"
    r"(?P<number>\d[\d,]*(?:\.\d{1,2})?)\s*"
    r"(?P<unit>[^\d]*?)"
    r"(?P<bound>以上|以内|以下)?$"
)


@dataclass(frozen=True, slots=True)
class Target:
    """One target: at least `number` of `unit`, or at most where `at_most`."""

    name: str
    number: Decimal
    unit: str = ""
    at_most: bool = False

    def met(self, reached: Decimal) -> bool:
        """Whether what was reached meets it."""
        return reached <= self.number if self.at_most else reached >= self.number


def to_assess(written: str) -> tuple[Target, ...]:
    """What is held against the results at completion: the targets with numbers; where there are none, as
    in projects admitted before a number was asked for, the sentence itself, reached (1) or not (0)."""
    return targets(written) or (Target(written.strip() or "绩效目标", Decimal(1), "项"),)


def targets(written: str) -> tuple[Target, ...]:
    """The targets with numbers in a sentence, in order; a name that stands twice gets a number."""
    found: list[Target] = []
    for part in _PARTS.split(unicodedata.normalize("NFKC", written)):
        match = _NUMBERED.fullmatch(part.strip())
        if match is None:
            continue
        at_most = bool(match["at_most"]) or match["bound"] in ("以内", "以下")
        name = match["name"].strip() or match["unit"].strip() or part.strip()
        taken = {each.name for each in found}
        numbered = (name, *(f"{name} {number}" for number in range(2, len(taken) + 3)))
        found.append(
            Target(
                next(each for each in numbered if each not in taken),
                Decimal(match["number"].replace(",", "")),
                match["unit"].strip(),
                at_most,
            )
        )
    return tuple(found)
