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
