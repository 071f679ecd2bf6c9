"""Seed 002's rule: a key village gets 100 + 40 + 10 + 150 万元 from four groups of departments.

秭归 2015: 扶贫不低于 100 万元, 发改 40 万元, 财政 10 万元, 行业部门 150 万元, 每村不低于 300 万元.
"""

from __future__ import annotations

import pytest
from allocation_cases import answer_to, paid

WAN = 1_000_000
GROUPS = {"poverty": 100, "planning": 40, "finance": 10, "sectors": 150}
KEY = ("420527101200", "420527102201")
OTHER = "420527103202"
PURPOSES = {
    "poverty": ["industry", "housing", "road"],
    "planning": ["road", "relief work"],
    "finance": ["water", "industry", "road"],
    "sectors": ["road", "water", "farmland"],
}


def county(amounts: dict[str, int]) -> tuple[list, list, list]:
    lines = [(name, wan * WAN, {"purposes": PURPOSES[name]}) for name, wan in amounts.items()]
    projects = []
    for n, village in enumerate((*KEY, OTHER)):
        for purpose, wan, priority in (
            ("industry", 80, 50), ("road", 120, 70), ("water", 70, 40),
            ("farmland", 60, 30), ("housing", 40, 45),
        ):  # fmt: skip
            projects.append(
                (
                    f"{purpose}{n}",
                    wan * WAN,
                    {"place": village, "purpose": purpose, "priority": str(priority)},
                )
            )
    floors = [
        {"id": f"{name} {village}", "places": [village], "lines": [name], "amount_fen": wan * WAN}
        for village in KEY
        for name, wan in GROUPS.items()
    ]
    floors += [{"id": f"all {v}", "places": [v], "amount_fen": 300 * WAN} for v in KEY]
    return lines, projects, floors


def spent(answer: dict, group: str, village: str) -> int:
    suffix = str((*KEY, OTHER).index(village))
    return sum(f for (line, p), f in paid(answer).items() if line == group and p.endswith(suffix))


def test_every_key_village_gets_its_four_floors():
    lines, projects, floors = county(
        {"poverty": 240, "planning": 80, "finance": 20, "sectors": 330}
    )

    answer = answer_to(lines, projects, floors=floors)

    assert answer["status"] == "optimal"
    assert answer["shortfalls"] == []
    for village in KEY:
        for group, wan in GROUPS.items():
            assert spent(answer, group, village) >= wan * WAN
        assert sum(spent(answer, group, village) for group in GROUPS) >= 300 * WAN


def test_what_one_department_lacks_is_named():
    lines, projects, floors = county(
        {"poverty": 240, "planning": 65, "finance": 20, "sectors": 330}
    )

    answer = answer_to(lines, projects, floors=floors)

    assert sum(shortfall["fen"] for shortfall in answer["shortfalls"]) == 15 * WAN
    for shortfall in answer["shortfalls"]:
        assert shortfall["floor"].startswith("planning")
        assert shortfall["detail"]["more"] == [{"lines": ["planning"], "fen": shortfall["fen"]}]


@pytest.mark.parametrize(("last_year", "status"), [(600, "optimal"), (620, "infeasible")])
def test_the_total_grows_by_a_tenth_or_the_plan_is_refused(last_year, status):
    """670 万元 in the pool: a tenth more than 600 can be spent, a tenth more than 620 cannot."""
    lines, projects, floors = county(
        {"poverty": 240, "planning": 80, "finance": 20, "sectors": 330}
    )

    answer = answer_to(
        lines, projects, floors=floors, total_at_least_fen=last_year * WAN * 110 // 100
    )

    assert answer["status"] == status
    if status == "infeasible":
        assert [item["kind"] for item in answer["conflict"]] == ["total_at_least"]
