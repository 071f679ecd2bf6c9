"""Tiny problems for generated agreement, with every kind of rule in them."""

from __future__ import annotations

from hypothesis import strategies as st

VILLAGES = ("420527101200", "420527101201", "420527102200")
AREAS = ("420527", "420527101", "420527101000", "420527101200", "420527102200", "4206")
PURPOSES = ("road", "water", "farm")
PEOPLE = ("poor", "monitored")
SHARES = ("0", "0.1", "0.5", "0.55", "1", "0.333")


def _some(values: tuple[str, ...]) -> st.SearchStrategy:
    return st.one_of(st.just("*"), st.lists(st.sampled_from(values), max_size=2, unique=True))


@st.composite
def documents(draw: st.DrawFn, unit: int = 1) -> dict:
    """A valid document of at most 3 lines and 4 projects, amounts of a few `unit` fen."""
    line_ids = [f"L{i}" for i in range(draw(st.integers(0, 3)))]
    project_ids = [f"p{i}" for i in range(draw(st.integers(0, 4)))]
    fen = st.integers(0, 6).map(lambda n: n * unit)
    lines = [
        {
            "id": name,
            "amount_fen": draw(st.integers(0, 9)) * unit,
            "purposes": draw(_some(PURPOSES)),
            "areas": draw(st.one_of(st.just("*"), _some(AREAS))),
            "beneficiaries": draw(st.one_of(st.just("*"), st.just("*"), _some(PEOPLE))),
            "poolable": draw(st.sampled_from([True, True, True, False])),
            "share_rules": draw(
                st.one_of(st.just([]), st.just([]), st.lists(_share(), max_size=1))
            ),
        }
        for name in line_ids
    ]
    projects = []
    for name in project_ids:
        project = {
            "id": name,
            "place": draw(st.sampled_from(VILLAGES)),
            "purpose": draw(st.sampled_from(PURPOSES)),
            "cost_fen": draw(fen),
            "priority": draw(st.sampled_from(["0", "1", "2.5", "3", "7", "-1"])),
            "required": draw(st.sampled_from([False] * 5 + [True])),
            "beneficiaries": draw(st.sampled_from([[], [], ["poor"], ["poor", "monitored"]])),
            "admitted": draw(st.sampled_from([True] * 6 + [False])),
        }
        if draw(st.integers(0, 4)) == 0:
            project["divisible"] = {
                "unit_fen": draw(st.integers(0, 2)) * unit,
                "max_units": draw(st.integers(1, 3)),
            }
        projects.append(project)
    return {
        "fund_lines": lines,
        "projects": projects,
        "rules": {
            "floors": _amount_rules(draw, line_ids, unit, "f"),
            "ceilings": _amount_rules(draw, line_ids, unit, "c"),
            "exclusive": draw(_groups(project_ids)),
            "requires": _chain(draw, project_ids),
            "share_rules": draw(
                st.one_of(st.just([]), st.just([]), st.lists(_share(), max_size=1))
            ),
            "total_at_least_fen": draw(st.sampled_from([None, None, None, 2 * unit, 5 * unit])),
        },
        "options": {"gap": "0", "time_limit_s": 20},
    }


@st.composite
def _share(draw: st.DrawFn) -> dict:
    purposes = draw(st.lists(st.sampled_from(PURPOSES), max_size=2, unique=True))
    return {
        "purposes": purposes,
        draw(st.sampled_from(["at_least", "at_most"])): draw(st.sampled_from(SHARES)),
    }


def _amount_rules(draw: st.DrawFn, line_ids: list[str], unit: int, letter: str) -> list[dict]:
    rules = []
    for i in range(draw(st.integers(0, 2))):
        lines = draw(st.one_of(st.just("*"), _some(tuple(line_ids)))) if line_ids else "*"
        rules.append(
            {
                "id": f"{letter}{i}",
                "places": draw(st.lists(st.sampled_from(AREAS), min_size=1, max_size=2)),
                "amount_fen": draw(st.integers(0, 8)) * unit,
                "purposes": draw(_some(PURPOSES)),
                "lines": lines,
                "hard": draw(st.sampled_from([False, False, False, True])),
            }
        )
    return rules


def _groups(project_ids: list[str]) -> st.SearchStrategy:
    if len(project_ids) < 2:
        return st.just([])
    group = st.lists(st.sampled_from(project_ids), min_size=2, max_size=3, unique=True)
    return st.lists(group, max_size=1)


def _chain(draw: st.DrawFn, project_ids: list[str]) -> list[list[str]]:
    """Prerequisites that point backwards only, so that they form no circle."""
    if len(project_ids) < 2 or draw(st.booleans()):
        return []
    later = draw(st.integers(1, len(project_ids) - 1))
    return [[project_ids[later], project_ids[draw(st.integers(0, later - 1))]]]
