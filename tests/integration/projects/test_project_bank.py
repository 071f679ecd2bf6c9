"""The sheet 项目库 into the bank, and the bank into an allocation problem."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from bangfu.books.places.models import Place
from bangfu.books.projects import queries
from bangfu.books.projects.actions import finish, import_projects
from bangfu.books.projects.models import Project, RecipeShare
from bangfu.core.allocation.parse import parse
from bangfu.core.errors import InputError, UsageError
from bangfu.core.sheets.assemble import DTYPES
from bangfu.core.sheets.money import PROJECTS

COUNTY = "420527000000"
VILLAGE, NEXT, ELSEWHERE = "420527101200", "420527101201", "420528101200"


def sheet(*rows):
    usual = {
        "name": "村道硬化",
        "purpose": "道路",
        "place_code": VILLAGE,
        "department": "交通局",
        "cost": 10_000,
        "target": "受益50户",
        "priority": Decimal("12.50"),
        "required": False,
    }
    columns = {column.field: DTYPES[column.kind] for column in PROJECTS.columns}
    return pl.DataFrame([dict.fromkeys(columns) | usual | row for row in rows], schema=columns)


@pytest.fixture
def load(as_web, scope_of):
    with as_web(scope_of("000000000000")):
        Place.objects.bulk_create(
            Place(code=code, name=code, level=5) for code in (VILLAGE, NEXT, ELSEWHERE)
        )

    def run(frame, **more):
        with as_web():
            return import_projects(
                by="tester",
                place_code=COUNTY,
                year=2026,
                frame=frame,
                source="项目库.xlsx",
                **more,
            )

    return run


BANK = sheet(
    {"project_id": "P1", "beneficiaries": ["脱贫户"]},
    {"project_id": "P2", "unit_cost": 500, "max_units": 20, "place_code": NEXT},
    {"project_id": "P3", "prerequisites": ["P1"], "exclusive_group": "水厂", "required": True},
    {"project_id": "P4", "exclusive_group": "水厂", "target": None},
)


def recipe(**parts):
    return pl.DataFrame(
        [{"project_id": "P1", "line_id": line, "fen": fen} for line, fen in parts.items()]
    )


def test_the_bank_comes_in_and_a_repeat_changes_nothing(load, as_web):
    diff = load(BANK, recipes=recipe(A=6000, B=4000))
    assert (diff.projects.added, diff.written) == (4, True)
    again = load(BANK, recipes=recipe(A=6000, B=4000))
    assert (again.projects.unchanged, again.projects.added, again.projects.changed) == (4, 0, 0)
    with as_web():
        assert Project.objects.get(number="P1").county_code == COUNTY
        unfit = Project.objects.get(number="P4")
        assert (unfit.status, unfit.status_reason) == (
            "not_admitted",
            "没有绩效目标 / no performance target",
        )
        assert RecipeShare.objects.count() == 2


def test_a_dry_run_names_what_would_change(load, as_web):
    load(BANK)
    changed = load(sheet({"project_id": "P1", "cost": 9}, {"project_id": "P9"}), dry_run=True)
    assert changed.projects.changed_keys == (f"{VILLAGE}/P1",)
    assert changed.projects.added_keys == (f"{VILLAGE}/P9",)
    assert changed.projects.absent == 3
    with as_web():
        assert Project.objects.get(number="P1").cost_fen == 10_000


def test_every_problem_is_told_at_once(load):
    load(BANK)
    wrong = sheet(
        {"project_id": "P5"},
        {"project_id": "P5"},
        {"project_id": "P6", "place_code": "420527101299"},
        {"project_id": "P7", "place_code": ELSEWHERE},
        {"project_id": "P1", "place_code": NEXT},
        {"project_id": "P8", "unit_cost": 5},
        {"project_id": "P9", "cost": 0},
        {"project_id": "Q1", "prerequisites": ["Q2", "Z"]},
        {"project_id": "Q2", "prerequisites": ["Q1"]},
    )
    with pytest.raises(InputError) as refused:
        load(wrong, recipes=pl.DataFrame([{"project_id": "P5", "line_id": "A", "fen": 1}]))
    assert [(p.where, p.rule) for p in refused.value.problems] == [
        ("P5", "key"),
        ("P6", "place"),
        ("P7", "place"),
        ("P1", "place"),
        ("P8", "units"),
        ("P9", "cost"),
        ("Q1", "prerequisites"),
        ("Q1", "prerequisites"),
        ("P5", "recipe"),
    ]
    circle = [p for p in refused.value.problems if "→" in p.text.zh]
    assert [p.text.zh for p in circle] == ["前置关系成环：Q1 → Q2 → Q1。"]


def test_the_bank_as_an_allocation_problem(load, as_web):
    load(BANK, recipes=recipe(A=6000, B=4000))
    lines = [{"id": "A", "amount_fen": 6000}, {"id": "B", "amount_fen": 4000}]
    floor = {"id": "底数", "places": [VILLAGE], "amount_fen": 1}
    with as_web():
        problem = queries.as_problem(
            place_code=COUNTY, year=2026, fund_lines=lines, rules={"floors": [floor]}
        )
    assert problem["projects"][0] == {
        "id": "P1",
        "name": "村道硬化",
        "place": VILLAGE,
        "purpose": "道路",
        "cost_fen": 10_000,
        "priority": "12.5",
        "required": False,
        "divisible": None,
        "recipe": {"A": 6000, "B": 4000},
        "beneficiaries": ["脱贫户"],
        "admitted": True,
    }
    assert problem["projects"][1]["divisible"] == {"unit_fen": 500, "max_units": 20}
    assert [p["admitted"] for p in problem["projects"]] == [True, True, True, False]
    assert problem["rules"] == {
        "floors": [floor],
        "exclusive": [["P3", "P4"]],
        "requires": [["P3", "P1"]],
    }
    parsed, errors = parse(problem)
    assert errors == [] and parsed is not None


def test_a_finished_prerequisite_is_met_and_a_missing_one_blocks(load, as_web):
    load(BANK)
    with as_web():
        finish(by="tester", project=Project.objects.get(number="P1"), day=date(2026, 9, 1))
        with pytest.raises(UsageError, match="未入库"):
            finish(by="tester", project=Project.objects.get(number="P4"), day=date(2026, 9, 1))
        problem = queries.as_problem(place_code=COUNTY, year=2026, fund_lines=[], rules={})
        assert [p["id"] for p in problem["projects"]] == ["P2", "P3", "P4"]
        assert problem["rules"]["requires"] == []
        Project.objects.filter(number="P2").update(year=2025)
        Project.objects.filter(number="P3").update(prerequisites=["P2"])
        problem = queries.as_problem(place_code=COUNTY, year=2026, fund_lines=[], rules={})
        assert [(p["id"], p["admitted"]) for p in problem["projects"]] == [
            ("P3", False),
            ("P4", False),
        ]


def test_what_is_being_delivered_keeps_its_amount_and_target(load, as_web):
    load(BANK)
    with as_web():
        Project.objects.filter(number="P1").update(stage="plan")
    load(BANK)
    for change in ({"cost": 9}, {"target": None}):
        with pytest.raises(InputError) as refused:
            load(sheet({"project_id": "P1", "beneficiaries": ["脱贫户"], **change}))
        assert [p.where for p in refused.value.problems] == ["P1"]
    with as_web():
        assert Project.objects.get(number="P1").cost_fen == 10_000
