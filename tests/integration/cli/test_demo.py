"""`bangfu demo`, whole: the sample county's year in, and a second run that changes nothing."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.lib.postgres import folder_of_server, migrated
from tests.unit.cli.running import TRACEBACK

from bangfu.books.screening.screened import Screened
from bangfu.cli import demonstrating as demo
from bangfu.cli.rules import ROOT, load_policy
from bangfu.cli.screening import screen_snapshot
from bangfu.core.allocation.parse import parse
from bangfu.core.allocation.verify import Plan, verify
from bangfu.engines.scope import Scope
from bangfu.site import embedded

FILES = (
    "findings.xlsx",
    "screening.xlsx",
    "problem.json",
    "answer.json",
    "plan.xlsx",
    "minutes.pdf",
    "cards.pdf",
    "bank-file.csv",
    "bank-return.csv",
    "summary.json",
)
BOOKS = (
    "households_household",
    "households_person",
    "households_incomeitem",
    "households_householdhistory",
    "households_personhistory",
    "projects_project",
    "funds_fundline",
    "funds_posting",
    "funds_entry",
    "funds_plan",
    "funds_contract",
    "funds_claim",
    "funds_payment",
    "funds_recovery",
    "payments_entitlement",
    "payments_account",
    "payments_batch",
    "payments_payment",
    "places_place",
)


@pytest.fixture
def home() -> Iterator[Path]:
    with folder_of_server() as folder:
        migrated(folder)
        yield folder


# Commands one after the other in one process: to start one takes longer than most of them.
_COMMANDS = """
import json, sys
from bangfu.cli.__main__ import run
for arguments in json.loads(sys.argv[1]):
    code = run(arguments)
    print(end="\\f", flush=True)
    if code:
        sys.exit(code)
"""


def _bangfu(home: Path, *commands: Sequence[str]) -> list[str]:
    """What commands say, in books of their own."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("BANGFU")}
    own = {
        "BANGFU_DATA": str(home / "postgres"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "BANGFU_OPERATOR": "clerk",
        "LC_ALL": "C.UTF-8",
    }
    run = subprocess.run(
        [sys.executable, "-c", _COMMANDS, json.dumps(commands)],
        capture_output=True,
        check=False,
        env=environ | own,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert TRACEBACK not in run.stderr
    return run.stdout.split("\f")[:-1]


def _follow_a_yuan(home: Path) -> None:
    """docs/tutorials/follow-a-yuan.md: every command shown, and what the page says it tells."""
    page = (ROOT / "docs/tutorials/follow-a-yuan.md").read_text("utf-8")
    shown = re.findall(r"^bangfu (.+)$", page, re.MULTILINE)
    down, whole, again, up, contract, verified = _bangfu(home, *map(str.split, shown))
    notice, household, batch = "鄂财农〔2026〕17号（演示）", "4205270000000578", "发放批次-2"
    for said in (notice, "F2026049", "XM20260038", "发放批次-1", batch, "农户（一卡通）"):
        assert said in page
        assert said in down
    line = json.loads(whole)
    assert line["fen"] == sum(strand["fen"] for strand in line["strands"])
    reached = [strand for strand in line["strands"] if "household" in strand]
    assert sum(strand["fen"] for strand in reached) == 12 * 150_000
    mine = [strand["fen"] for strand in reached if strand["household"] == household]
    assert sum(mine) == 150_000
    for said in ("3,000.00", household, notice):
        assert said in page
        assert said in again
    for said in ("1,500.00", household, batch, notice, "XM20260038"):
        assert said in up
    assert "发放批次-1" not in up
    for said in ("示例建设有限公司", "committed, not claimed"):
        assert said in page
        assert said in contract
    assert verified.strip() in page


def _demo(home: Path, out: Path) -> dict[str, Any]:
    [said] = _bangfu(home, ["demo", "--out", str(out)])
    for name in FILES:
        assert str(out / name) in said
        assert (out / name).stat().st_size > 0
    return json.loads((out / "summary.json").read_text("utf-8"))


def _booked(home: Path) -> dict[str, object]:
    server = embedded.at(home / "postgres")
    with server.connect(database=embedded.DATABASE) as admin:
        return {table: admin.execute(f"select count(*) from {table}").fetchone() for table in BOOKS}


def _operators(home: Path) -> set[str]:
    server = embedded.at(home / "postgres")
    with server.connect(database=embedded.DATABASE) as admin:
        able = "select username from accounts_operator where password like '%$%'"  # not one that is unusable
        return {name for (name,) in admin.execute(able).fetchall()}


def _listed_operators() -> set[str]:
    listed = tomllib.loads((ROOT / "sample" / "operators.toml").read_text("utf-8"))
    return {one["username"] for one in listed["operators"]}


def _listed(name: str) -> set[tuple[str, ...]]:
    """The rows of one of the generator's lists."""
    with (ROOT / "sample" / name).open(encoding="utf-8", newline="") as file:
        return {tuple(row.values()) for row in csv.DictReader(file)}


def _screened(out: Path) -> Screened:
    return screen_snapshot(
        out / "snapshot", load_policy(), demo.ON, county=demo.COUNTY, scope=Scope.of([demo.COUNTY])
    )


def _below_line(screened: Screened) -> set[tuple[str, ...]]:
    found = screened.households.filter("below_line")
    return set(found.select("place_code", "household_no").iter_rows())


def _shortfalls(out: Path) -> dict[str, tuple[str, dict[str, int]]]:
    """Each floor that falls short: what kind of thing closes it, and how much more of which line."""
    answer = json.loads((out / "answer.json").read_text("utf-8"))
    return {
        row["floor"]: (
            row["detail"]["kind"],
            {"、".join(more["lines"]): more["fen"] for more in row["detail"]["more"]},
        )
        for row in answer["shortfalls"]
    }


# What the sample's generator calls a mismatch, and the clue that the screening gives of it.
_CLUES = {
    "grade_d_but_stated_safe": "dangerous_house_not_in_sheet",
    "car_in_low_income_household": "vehicle_on_low_income_aid",
    "company_in_low_income_household": "business_on_low_income_aid",
    "heavy_spending_not_monitored": "medical_not_monitored",
    "dead_but_still_member": "dead_still_member",
    "in_roster_but_no_certificate": "disabled_not_in_sheet",
    "disabled_without_certificate": "disabled_not_on_roster",
    "in_roster_but_not_received": "low_income_not_in_sheet",
    "received_but_not_in_roster": "low_income_not_on_roster",
}


def _mismatches() -> Counter[tuple[str, ...]]:
    """The clues that the rosters of the sample should give, one each."""
    path = ROOT / "sample" / "expected_mismatches.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return Counter(
            (_CLUES[row["kind"]], row["place_code"], row["household_no"], row["person_no"])
            for row in csv.DictReader(file)
        )


def _clues(screened: Screened) -> Counter[tuple[str, ...]]:
    return Counter(
        screened.clues.select("clue", "place_code", "household_no", "person_no").iter_rows()
    )


def _whole_plan(out: Path) -> Plan:
    """The plan that was written, as the verifier takes it."""
    answer = json.loads((out / "answer.json").read_text("utf-8"))
    return Plan(
        units={row["project"]: row["units"] for row in answer["selected"]},
        amounts=[(row["line"], row["project"], row["fen"]) for row in answer["amounts"]],
        priority=Fraction(answer["priority"]),
        shortfalls={row["floor"]: row["fen"] for row in answer["shortfalls"]},
        idle={row["line"]: row["fen"] for row in answer["idle"]},
    )


def test_the_demo(home: Path) -> None:
    _first(home)
    _follow_a_yuan(home)


@pytest.mark.hard
def test_the_demo_twice(home: Path) -> None:
    out = home / "out"
    first, booked = _first(home)
    second = _demo(home, out)
    for name, counts in second["imported"].items():
        assert (counts["added"], counts["changed"]) == (0, 0), name
    assert second["findings"] == first["findings"]
    assert second["snapshot"] == first["snapshot"], "the same books give the same seal"
    for name in ("project_paid", "households_paid", "rates"):
        assert second[name] == first[name], name
    assert second["plan"]["version"] == first["plan"]["version"]
    assert _booked(home) == booked, "nothing is added and nothing is posted twice"


def _first(home: Path) -> tuple[dict[str, Any], dict[str, object]]:
    """The demo on empty books: what it found, and what stands in the books after it."""
    out = home / "out"
    first = _demo(home, out)
    assert first["findings"]["found"] == len(_listed("expected_findings.csv"))
    assert (first["findings"]["planted_and_missing"], first["findings"]["not_planted"]) == (0, 0)
    screened = _screened(out)
    assert _clues(screened) == _mismatches()
    assert _below_line(screened) == _listed("expected_below_line.csv")
    assert _shortfalls(out) == {"420527204205/财政": ("money", {"F2026015": 3_875_000})}
    assert first["ledger"] == "recounted without a difference"
    paid = first["project_paid"]
    assert len(paid["by_line"]) >= 3
    assert sum(paid["by_line"].values()) == paid["paid_fen"] < paid["contract_fen"]
    households = first["households_paid"]
    assert (households["failed"], households["again"]) == (2, 2)
    assert households["paid_fen"] == households["payments"] * 150_000
    assert first["plan"]["status"] in ("optimal", "feasible")
    problem, errors = parse(json.loads((out / "problem.json").read_text("utf-8")))
    assert problem is not None and errors == []
    verify(problem, _whole_plan(out))  # raises when the plan that was written breaks a rule
    for name in ("minutes.pdf", "cards.pdf"):
        assert (out / name).read_bytes().startswith(b"%PDF")
    for name in ("findings.xlsx", "screening.xlsx", "plan.xlsx"):
        assert openpyxl.load_workbook(out / name, read_only=True).sheetnames
    booked = _booked(home)
    assert all(count != (0,) for count in booked.values()), booked
    assert _listed_operators() <= _operators(home), "the tutorials go on in the browser, as they"
    return first, booked
