"""Members of a household and their relations to its head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bangfu.books.households.models import Person
from bangfu.core.errors import Problem
from bangfu.core.facts import codes
from bangfu.core.language import Text

HEAD, SPOUSE = "户主", "配偶"


def members(household_no: str) -> list[Person]:
    return list(Person.objects.filter(household_id=household_no).order_by("person_no"))


def relation_problems(relations: Mapping[str, str], persons: Sequence[Person]) -> list[Problem]:
    """Everyone has a relation; exactly one is the head, at most one the spouse."""
    problems = []
    if set(relations) != {p.person_no for p in persons}:
        problems.append(
            Problem("", Text("每个人都要有与户主的关系。", "Everybody needs a relation."))
        )
    wrong = sorted(set(relations.values()) - set(codes.RELATION))
    if wrong:
        problems.append(Problem("", Text(f"没有这种关系：{wrong[0]}。", f"Unknown: {wrong[0]}.")))
    held = list(relations.values())
    if held.count(HEAD) != 1:
        problems.append(
            Problem("", Text("要有且只有一个户主。", "There must be exactly one head."))
        )
    if held.count(SPOUSE) > 1:
        problems.append(Problem("", Text("最多一个配偶。", "There is at most one spouse.")))
    return problems
