"""What-if over a county of 50,000 households / 150,000 people: books laid once, then a change each time.

run.py [PEOPLE]: one JSON line. `lay_s` is reading the facts into memory once, as after every change of
the books; the others are one request each, from the changed values to counts by township and village.
`scratch_s` computes the same change from the books anew, and `times_faster` is the ratio to it.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Mapping
from datetime import date
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
django.setup()

from bench.county.run import COUNTY, SAMPLE, county

from bangfu.books.screening import whatif
from bangfu.books.walls.scope import DataClass, Scope
from bangfu.cli.checking import throwaway_token
from bangfu.cli.rules import load_policy
from bangfu.core.facts.model import Table
from bangfu.core.places import Level
from bangfu.files.intake import read_places, take_in

ON = date(2026, 10, 31)
REPEATS = 5


def one(laid: whatif.Laid, changes: Mapping[str, Any]) -> tuple[float, int]:
    """Seconds of one request, and how many households move."""
    started = time.perf_counter()
    moved = laid.moved(changes)
    counted = whatif.moves(moved, Level.TOWNSHIP)
    whatif.moves(moved, Level.VILLAGE)
    seconds = time.perf_counter() - started
    return seconds, sum(
        m.comes_in + m.falls_out for each in counted.values() for m in each.values()
    )


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 150_000
    files = sorted(SAMPLE.glob("*.xlsx"))
    intake = take_in(files, places=read_places(SAMPLE / "行政区划.csv"), token=throwaway_token())
    made = county({str(table): f for table, f in intake.assembled.tables.items()}, people)
    frames = {Table(name): frame for name, frame in made.items()}
    policy = load_policy()
    scope = Scope((COUNTY,), frozenset({DataClass.PERSONS}), "bench")
    asked = whatif.Asked(scope, COUNTY, policy, ON)
    rows = policy.value("deprivation.national", place=COUNTY, on=ON).value
    heavier = tuple(
        {**row, "weight": row["weight"] * 2 if not n else row["weight"]}
        for n, row in enumerate(rows)
    )
    changes: dict[str, dict[str, Any]] = {
        "line": {"income.line": 1_000_000},
        "weight": {"deprivation.national": heavier},
        "cutoff": {"deprivation.national_cutoff": {"numerator": 1, "denominator": 4}},
        "medical": {"screening.medical_threshold": 500_000},
    }
    started = time.perf_counter()
    laid = whatif.Laid(asked, frames)
    lay = time.perf_counter() - started
    report: dict[str, Any] = {"households": laid.frame.height, "lay_s": round(lay, 2)}
    for name, change in changes.items():
        timed = [one(laid, change) for _ in range(REPEATS)]
        report[f"{name}_s"] = round(sorted(seconds for seconds, _ in timed)[REPEATS // 2], 3)
        report[f"{name}_moved"] = timed[0][1]
    laid.close()
    started = time.perf_counter()
    anew = whatif.Laid(asked, frames)
    one(anew, changes["line"])
    scratch = time.perf_counter() - started
    anew.close()
    report["scratch_s"] = round(scratch, 2)
    report["times_faster"] = round(scratch / report["line_s"], 1)
    report["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
