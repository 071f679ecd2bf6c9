"""`bangfu allocate` on problems that do not pass, that have no answer, and that have one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli.running import bangfu, nothing_written, passed, refused

LINES = [{"id": "A", "amount_fen": 1000}, {"id": "B", "amount_fen": 500}]
PROJECTS = [
    {"id": "P1", "cost_fen": 900, "priority": "3"},
    {"id": "P2", "cost_fen": 600, "priority": "2"},
    {"id": "P3", "cost_fen": 500, "priority": "1"},
]


def stated(path: Path, **replaced: Any) -> Path:
    problem = {"fund_lines": LINES, "projects": PROJECTS, **replaced}
    path.write_text(json.dumps(problem, ensure_ascii=False), "utf-8")
    return path


def test_a_plan_is_written_and_told(tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    passed(
        bangfu("allocate", "--problem", stated(tmp_path / "p.json"), "--json", target),
        "最优",
        "2 个项目",
    )
    answer = json.loads(target.read_text("utf-8"))
    assert (answer["status"], answer["priority"]) == ("optimal", "5")
    said = bangfu("allocate", "--problem", tmp_path / "p.json")
    assert json.loads(said.out)["selected"] == answer["selected"]


def test_a_pabulib_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "v.pb"
    path.write_text(
        "META\nkey;value\nbudget;10\nvote_type;approval\nPROJECTS\nproject_id;cost\na;6\nb;7\n"
        "VOTES\nvoter_id;vote\n1;a\n2;b\n3;b\n",
        "utf-8",
    )
    said = bangfu("allocate", "--problem", path)
    assert [row["project"] for row in json.loads(said.out)["selected"]] == ["b"]


@pytest.mark.parametrize(
    "text", ["", "META\nkey;value\nbudget;NaN\n", "1;2\n3;4\n", '"' + "x" * 140_000]
)
def test_pabulib_files_that_do_not_pass(text: str, tmp_path: Path) -> None:
    path = tmp_path / "v.pb"
    path.write_text(text, "utf-8")
    refused(bangfu("allocate", "--problem", path), 3, "v.pb")


def test_rules_in_conflict_are_named(tmp_path: Path) -> None:
    floor = {"id": "底数", "places": ["42"], "amount_fen": 2000, "hard": True}
    path = stated(tmp_path / "p.json", rules={"floors": [floor]})
    target = tmp_path / "r.json"
    refused(bangfu("allocate", "--problem", path, "--json", target), 4, "冲突", "floors")
    assert json.loads(target.read_text("utf-8"))["status"] == "infeasible"
    refused(bangfu("allocate", "--problem", path, lang="en"), 4, "the rules conflict", "floors")


INVALID: dict[str, tuple[dict[str, Any], str]] = {
    "a circle of prerequisites": (
        {"rules": {"requires": [["P1", "P2"], ["P2", "P3"], ["P3", "P1"]]}},
        "requires",
    ),
    "a project that requires itself": ({"rules": {"requires": [["P1", "P1"]]}}, "requires"),
    "an unknown prerequisite": ({"rules": {"requires": [["P1", "PX"]]}}, "PX"),
    "the same line twice": ({"fund_lines": [LINES[0], LINES[0]]}, "fund_lines[1]"),
    "the same project twice": ({"projects": [PROJECTS[0], PROJECTS[0]]}, "projects[1]"),
    "a negative amount": ({"fund_lines": [{"id": "A", "amount_fen": -1}]}, "amount_fen"),
    "an amount beyond bigint": ({"fund_lines": [{"id": "A", "amount_fen": 10**30}]}, "amount_fen"),
    "a fraction of a fen": ({"projects": [{"id": "P", "cost_fen": 0.5}]}, "cost_fen"),
    "an amount as text": ({"projects": [{"id": "P", "cost_fen": "100"}]}, "cost_fen"),
    "a truth as amount": ({"projects": [{"id": "P", "cost_fen": True}]}, "cost_fen"),
    "a priority that is no number": (
        {"projects": [{"id": "P", "cost_fen": 1, "priority": "NaN"}]},
        "priority",
    ),
    "an unknown key": ({"project": []}, "project"),
    "lists where objects belong": ({"fund_lines": [[]], "projects": {}}, "fund_lines[0]"),
    "a share above one": (
        {"rules": {"share_rules": [{"purposes": ["x"], "at_most": "2"}]}},
        "at_most",
    ),
    "no gap": ({"options": {"gap": "-1"}}, "gap"),
    "no time": ({"options": {"time_limit_s": "Infinity"}}, "time_limit_s"),
    "nothing": ({"fund_lines": None, "projects": None}, "fund_lines"),
}


@pytest.mark.parametrize("case", INVALID)
def test_problems_that_are_invalid(case: str, tmp_path: Path) -> None:
    replaced, word = INVALID[case]
    refused(bangfu("allocate", "--problem", stated(tmp_path / "p.json", **replaced)), 3, word)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '{"fund_lines": [{"id": "A", "amount_fen": NaN}], "projects": []}',
            ("p.json:1:43", "NaN"),
        ),
        ('{"fund_lines": [{"id": "A",\n"amount_fen": -Infinity}]}', ("p.json:2:",)),
        ('{"fund_lines": [{"id": "A", "amount_fen": 1e999999}]}', ("p.json:1:43",)),
        ('{"fund_lines": [], "fund_lines": []}', ("p.json:1:20", "fund_lines")),
        ("[" * 200_000, ("p.json",)),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, ("p.json",)),
        ('{"fund_lines": [', ("p.json:1:",)),
        ('{"projects": [{"id": "\\ud800"}]}', ("p.json:1:",)),
        ("null", ("p.json",)),
        ("[]", ("p.json",)),
        ('"x"', ("p.json",)),
    ],
)
def test_json_that_does_not_pass(text: str, words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    path.write_text(text, "utf-8")
    with nothing_written(tmp_path):
        refused(bangfu("allocate", "--problem", path), 3, *words)


def test_what_cannot_be_read_is_answered_too(tmp_path: Path) -> None:
    """Who reads only the answer must not find the one of yesterday."""
    path, target = tmp_path / "p.json", tmp_path / "r.json"
    path.write_text('{"fund_lines": [], "fund_lines": []}', "utf-8")
    target.write_text('{"status": "optimal"}', "utf-8")
    refused(bangfu("allocate", "--problem", path, "--json", target), 3, "fund_lines")
    answer = json.loads(target.read_text("utf-8"))
    assert (answer["status"], answer["selected"]) == ("invalid", [])
    assert answer["errors"][0]["path"].startswith("p.json:1:")


@pytest.mark.parametrize("text", ["1_000", " 12 ", "１２", "NaN", "0x1", ""])
def test_a_decimal_is_written_as_one(text: str, tmp_path: Path) -> None:
    path = stated(tmp_path / "p.json", projects=[{"id": "P", "cost_fen": 1, "priority": text}])
    refused(bangfu("allocate", "--problem", path), 3, "priority")


def test_an_answer_that_cannot_be_written(tmp_path: Path) -> None:
    problem = stated(tmp_path / "p.json")
    with nothing_written(tmp_path):
        refused(bangfu("allocate", "--problem", problem, "--json", tmp_path), 2, "文件夹")
        refused(
            bangfu("allocate", "--problem", problem, "--json", tmp_path / "no/r.json"), 2, "不存在"
        )


def test_broken_json_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"a": 1,}', "utf-8")
    said = bangfu("allocate", "--problem", path)
    refused(said, 3, "bad.json 读不懂", "bad.json:1:9")
    assert said.err.count("不是合法的 JSON") == 1
