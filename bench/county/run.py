"""All checks and the screening of one county from its snapshot, 50,000 households / 150,000 people.

run.py [PEOPLE]: one JSON line. The snapshot is the sample county's, taken over and over with new
household numbers until there are 150,000 people, who make 52,000 households. It is done twice as the
product does it: the first time no SQL is kept from an earlier run, the second time it is. Both times
policy is read, the seal is tested, rules get their parameters, facts are computed, findings and result
tables are brought to memory: all of it counts but the import of modules.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import django
import polars as pl

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
django.setup()

from bangfu.books.screening.screened import check_books
from bangfu.cli.checking import throwaway_token
from bangfu.cli.rules import load_policy
from bangfu.cli.screening import screen_snapshot
from bangfu.engines import duckdb
from bangfu.engines.scope import Scope
from bangfu.engines.scripts import of_user
from bangfu.engines.snapshots import write_snapshot
from bangfu.files.intake import read_places, take_in

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample" / "county"
COUNTY, ON = "420527000000", date(2026, 10, 31)


def copies(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """The rows `number` times, each time with other household numbers and tokens."""
    keyed = [
        name
        for name in ("household_no", "certificate_token", "phone_token")
        if name in frame.columns
    ]
    if not keyed:
        return frame
    return pl.concat(
        frame.with_columns((pl.col(name) + f"-{copy}").alias(name) for name in keyed)
        for copy in range(number)
    )


def county(frames: dict[str, pl.DataFrame], people: int) -> dict[str, pl.DataFrame]:
    """The frames over and over, whole households until there are `people` people."""
    number = -(-people // frames["person"].height)
    more = {name: copies(frame, number) for name, frame in frames.items()}
    sizes = more["person"].group_by("household_no", maintain_order=True).len()
    taken = sizes.filter(pl.col("len").cum_sum() < people + sizes["len"].max())
    return {
        name: frame.join(taken, on="household_no", how="semi")
        if "household_no" in frame.columns
        else frame
        for name, frame in more.items()
    }


def timed(snapshot: Path) -> dict[str, float]:
    """Check and screen a sealed snapshot once."""
    started, used = time.perf_counter(), time.process_time()
    policy = load_policy()
    with duckdb.open_sealed(snapshot, Scope.of([COUNTY]), scripts=of_user()) as (opened, _):
        found, _ = check_books(opened, policy, ON)
    checked = time.perf_counter() - started
    screen_snapshot(snapshot, policy, ON, county=COUNTY, scope=Scope.of([COUNTY]))
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    return {
        "findings": found.height,
        "check_s": round(checked, 2),
        "screen_s": round(seconds - checked, 2),
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
    }


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 150_000
    files = sorted(SAMPLE.glob("*.xlsx"))
    intake = take_in(files, places=read_places(SAMPLE / "行政区划.csv"), token=throwaway_token())
    frames = county({str(table): f for table, f in intake.assembled.tables.items()}, people)
    with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as folder:
        os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
        snapshot = Path(folder) / "snapshot"
        seal = write_snapshot(snapshot, frames, place_code=COUNTY, month=202610)
        runs = {"nothing_kept": timed(snapshot), "sql_kept": timed(snapshot)}
    report = {
        "households": seal.rows["household"],
        "people": seal.rows["person"],
        "checks": len(load_policy().checks(ON)),
        **runs,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
