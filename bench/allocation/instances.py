"""The allocation instances of the bench, as documents of the JSON contract.

The same seeded draws as the first measurements of the model: costs in 万元, log-normal; each line may
pay one to five of fourteen purposes; the pool holds 45 % of what the bank asks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WAN = 1_000_000  # fen
PURPOSES = 14
DEPARTMENTS = 4
SHORTFALL_PRICE = 3.0  # priority per 万元 short, in the measured single objective


@dataclass(frozen=True, slots=True)
class Draw:
    """One drawn county: arrays by project and by line, amounts in 万元."""

    purpose: NDArray[np.int64]
    village: NDArray[np.int64]
    cost: NDArray[np.float64]
    priority: NDArray[np.float64]
    department: NDArray[np.int64]
    payable: list[set[int]]
    amount: NDArray[np.float64]
    villages: int


def draw(lines: int, projects: int, villages: int, *, departments: bool = False) -> Draw:
    """Draw a county. With `departments` the draws follow the department × village instance."""
    rng = np.random.default_rng(1)
    purpose = rng.integers(0, PURPOSES, projects)
    village = rng.integers(0, villages, projects)
    cost = np.round(np.exp(rng.normal(3.2, 0.9, projects)), 0) + 1
    priority = cost * rng.uniform(0.3, 1.5, projects)
    department = rng.integers(0, DEPARTMENTS, lines) if departments else np.zeros(lines, np.int64)
    payable = [
        {int(k) for k in rng.choice(PURPOSES, rng.integers(1, 6), replace=False)}
        for _ in range(lines)
    ]
    amount = rng.dirichlet(np.ones(lines)) * cost.sum() * 0.45
    return Draw(purpose, village, cost, priority, department, payable, amount, villages)


def village_code(number: int) -> str:
    """A twelve-digit code: townships of a hundred villages in one county."""
    return f"420527{101 + number // 100:03d}{200 + number % 100:03d}"


def document(county: Draw, *, gap: str = "0.0001", seconds: int = 120) -> dict[str, object]:
    """The drawn county as a problem document, with its floors."""
    total = float(county.cost.sum())
    departments = int(county.department.max()) + 1
    if departments == 1:
        amount = round(total * 0.45 / county.villages * 0.6 * WAN)
        floors: list[dict[str, object]] = [
            {"id": f"v{v}", "places": [village_code(v)], "amount_fen": amount}
            for v in range(county.villages)
        ]
    else:
        amount = round(total * 0.45 / county.villages * 0.5 / DEPARTMENTS * WAN)
        floors = [
            {
                "id": f"d{d}v{v}",
                "places": [village_code(v)],
                "amount_fen": amount,
                "lines": [f"L{s}" for s in range(len(county.amount)) if county.department[s] == d],
            }
            for v in range(county.villages // 4)
            for d in range(departments)
        ]
    return {
        "fund_lines": [
            {
                "id": f"L{s}",
                "amount_fen": round(float(money) * WAN),
                "purposes": [f"k{k}" for k in sorted(county.payable[s])],
            }
            for s, money in enumerate(county.amount)
        ],
        "projects": [
            {
                "id": f"p{p}",
                "place": village_code(int(county.village[p])),
                "purpose": f"k{county.purpose[p]}",
                "cost_fen": round(float(county.cost[p])) * WAN,
                "priority": f"{county.priority[p]:.6f}",
            }
            for p in range(len(county.cost))
        ],
        "rules": {"floors": floors},
        "options": {"gap": gap, "time_limit_s": seconds},
    }


def whole_county(seed: int = 7) -> dict[str, object]:
    """A county's year with every kind of rule: 60 lines, 1,500 projects, 179 villages.

    A third of the lines are tied to townships, some to beneficiaries, some carry share rules; ten
    key villages have floors by four groups of departments and one in all; there are divisible
    projects, recipes, prerequisites, exclusive groups, ceilings and the growth of the total.
    """
    rng = np.random.default_rng(seed)
    lines, projects, villages = 60, 1_500, 179
    codes = [f"420527{100 + v % 12:03d}{200 + v // 12:03d}" for v in range(villages)]
    cost = np.round(np.exp(rng.normal(3.2, 0.9, projects)), 1) + 1
    amount = rng.dirichlet(np.ones(lines)) * cost.sum() * 0.45
    townships = sorted({code[:9] for code in codes})
    fund_lines = [_county_line(rng, s, float(amount[s]), townships) for s in range(lines)]
    bank = [_county_project(rng, p, float(cost[p]), codes) for p in range(projects)]
    _add_recipes(rng, bank, fund_lines)
    rules = _county_rules(rng, bank, fund_lines, codes[:10], float(cost.sum()))
    return {
        "fund_lines": fund_lines,
        "projects": bank,
        "rules": rules,
        "options": {"gap": "0.0001", "time_limit_s": 60},
    }


def _county_line(
    rng: np.random.Generator, s: int, amount: float, townships: list[str]
) -> dict[str, object]:
    payable = rng.choice(PURPOSES, rng.integers(2, 7), replace=False)
    line: dict[str, object] = {
        "id": f"L{s}",
        "amount_fen": round(amount * WAN),
        "purposes": [f"k{k}" for k in sorted(payable)],
    }
    if s % 3 == 0:
        line["areas"] = [str(t) for t in rng.choice(townships, 4, replace=False)]
    if s % 10 == 1:
        line["beneficiaries"] = ["registered", "monitored"]
    if s % 12 == 2:
        line["share_rules"] = [{"purposes": [f"k{k}" for k in payable[:2]], "at_least": "0.55"}]
    if s == 59:
        line["poolable"] = False
    return line


def _county_project(
    rng: np.random.Generator, p: int, cost: float, codes: list[str]
) -> dict[str, object]:
    fen = round(cost * WAN)
    project: dict[str, object] = {
        "id": f"p{p}",
        "place": codes[int(rng.integers(0, len(codes)))],
        "purpose": f"k{rng.integers(0, PURPOSES)}",
        "cost_fen": fen,
        "priority": f"{cost * rng.uniform(0.3, 1.5):.4f}",
        "required": p % 100 == 7,
        "admitted": p % 50 != 3,
        "beneficiaries": [["registered"], ["monitored"], ["all"]][p % 3],
    }
    if p % 40 == 11:
        units = int(rng.integers(2, 9))
        project["divisible"] = {"unit_fen": fen // units, "max_units": units}
        project["priority"] = f"{cost / units * rng.uniform(0.3, 1.5):.4f}"
    return project


def _add_recipes(
    rng: np.random.Generator,
    bank: list[dict[str, object]],
    fund_lines: list[dict[str, object]],
) -> None:
    """Two lines without strings of place or people share the cost of every 75th project."""
    free = [line for line in fund_lines if not line.keys() & {"areas", "beneficiaries"}]
    for project in bank[5::75]:
        pays = [line for line in free if project["purpose"] in line["purposes"]]  # type: ignore[operator]
        if len(pays) >= 2 and "divisible" not in project:
            fen = int(project["cost_fen"])  # type: ignore[call-overload]
            first = fen * int(rng.integers(3, 8)) // 10
            project["recipe"] = {pays[0]["id"]: first, pays[1]["id"]: fen - first}


def _county_rules(
    rng: np.random.Generator,
    bank: list[dict[str, object]],
    fund_lines: list[dict[str, object]],
    key_villages: list[str],
    total: float,
) -> dict[str, object]:
    groups = {"poverty": 100, "planning": 40, "finance": 10, "sectors": 150}
    members = {name: [f"L{s}" for s in range(59) if s % 4 == g] for g, name in enumerate(groups)}
    floors: list[dict[str, object]] = []
    for village in key_villages:
        for name, wan in groups.items():
            floors.append(
                {
                    "id": f"{name}-{village}",
                    "places": [village],
                    "amount_fen": wan * WAN // 3,
                    "lines": members[name],
                }
            )
        floors.append({"id": f"all-{village}", "places": [village], "amount_fen": 100 * WAN})
    plain = [project["id"] for project in bank if not project.get("required")]
    pick = [str(name) for name in rng.choice(plain, 120, replace=False)]
    return {
        "floors": floors,
        "ceilings": [
            {
                "id": f"cap-{t}",
                "places": [f"420527{100 + t:03d}"],
                "amount_fen": round(total * WAN * 0.06),
            }
            for t in range(12)
        ],
        "exclusive": [pick[i : i + 3] for i in range(0, 60, 3)],
        "requires": [[pick[i], pick[i + 1]] for i in range(60, 120, 2)],
        "share_rules": [{"purposes": ["k13"], "at_most": "0.1"}],
        "total_at_least_fen": round(total * WAN * 0.3),
    }
