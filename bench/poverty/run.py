"""Alkire-Foster with sub-groups on a million people: Bangfu, mpitb 0.2, and DuckDB SQL by hand.

run.py [PEOPLE]: one JSON line. The three read the same pandas table; ten indicators in three
dimensions, twenty regions, whole-number sampling weights, villages as clusters and counties as strata.
H, A, M0 and the standard errors are compared before any time is told.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import duckdb
import ibis
import pandas as pd
from mpitb import MPIToolbox

from bangfu.core.screening.deprivation import Indicator, Scheme
from bangfu.core.screening.standard_errors import (
    Estimates,
    added,
    cluster_totals,
    kish_errors,
    linearised_errors,
    sample_sums,
    scored_sample,
)

DIMENSIONS = {"education": 2, "health": 2, "living": 6}
WEIGHTS = {"education": 3, "health": 3, "living": 1}  # each dimension a third of 18
NAMES = [f"{d}_{n}" for d, many in DIMENSIONS.items() for n in range(many)]
CUTOFF = 33  # per cent, as mpitb takes it
REPEATS = 5


def people(count: int) -> pd.DataFrame:
    """The invented sample: deprivations as 0 and 1."""
    flags = ", ".join(
        f"(hash(i, {n}) % 100 < {12 + 3 * n} + region)::tinyint as {name}"
        for n, name in enumerate(NAMES)
    )
    return duckdb.sql(
        f"""select {flags}, region, county, village, weight from (
          select i, (i // 50000 % 20)::int as region, (i // 5000)::int as county,
            (i // 200)::int as village, (1 + hash(i // 200, 99) % 9)::bigint as weight
          from range({count}) t(i))"""
    ).df()


def scheme() -> Scheme:
    """The same indicators and weights in whole numbers: one of education weighs 3 of 18."""
    return Scheme(
        "bench",
        tuple(Indicator(name, name.split("_")[0], WEIGHTS[name.split("_")[0]]) for name in NAMES),
        Fraction(CUTOFF, 100),
    )


def flagged(backend: ibis.BaseBackend) -> ibis.Table:
    """The sample with a flag for every indicator."""
    sample = backend.table("sample")
    flags = {indicator.column: sample[indicator.id] == 1 for indicator in scheme().indicators}
    return sample.mutate(**flags)


def bangfu(frame: pd.DataFrame, weight: str | None) -> dict[Any, Estimates]:
    """Group (None for everybody) → measures; one pass over the sample."""
    backend = ibis.duckdb.connect(threads=2)
    backend.con.register("sample", frame)
    sums = sample_sums(flagged(backend), scheme(), ["region"], weight)
    cells = backend.to_pyarrow(sums).to_pylist()
    found = {None: kish_errors(added(cells, scheme()), scheme())}
    for cell in cells:
        found[cell["region"]] = kish_errors(added([cell], scheme()), scheme())
    return found


def mpitb(frame: pd.DataFrame, weight: str | None) -> dict[Any, dict[str, tuple[float, float]]]:
    """The same from mpitb."""
    box = MPIToolbox()
    box.svyset(psu="village", weight=weight, strata="county")
    box.set(
        name="bench",
        dimensions=[([n for n in NAMES if n.startswith(d)], d) for d in DIMENSIONS],
    )
    weights = {name: WEIGHTS[name.split("_")[0]] / 18 for name in NAMES}
    rows = box.est(
        frame, "bench", [CUTOFF], weights=weights, over=["region"], svy=weight is not None
    )
    found: dict[Any, dict[str, tuple[float, float]]] = {}
    for row in rows:
        if row["measure"] in ("H", "A", "M0"):
            found.setdefault(row.get("subg"), {})[row["measure"]] = (row["b"], row["se"])
    return found


def by_hand(frame: pd.DataFrame, weight: str | None) -> list[tuple[Any, ...]]:
    """The group sums in hand-written SQL, without the last divisions."""
    connection = duckdb.connect(config={"threads": 2})
    connection.register("sample", frame)
    w = weight or "1"
    score = " + ".join(f"{name}::bigint * {WEIGHTS[name.split('_')[0]]}" for name in NAMES)
    indicators = ", ".join(
        f"sum(w) filter ({name} = 1), sum(w) filter ({name} = 1 and poor)" for name in NAMES
    )
    return connection.execute(
        f"""select region, count(*), sum(w), sum(w * w), count(*) filter (poor),
          sum(s) filter (poor), sum(s * s) filter (poor), sum(w) filter (poor),
          sum(w * w) filter (poor), sum(w * s) filter (poor), sum(w * s * s) filter (poor),
          {indicators}
        from (select *, s * 100 >= {CUTOFF * 18} as poor
              from (select *, {score} as s, {w} as w from sample))
        group by region"""
    ).fetchall()


def largest_difference(ours: dict[Any, Estimates], theirs: dict[Any, Any]) -> float:
    """Over every group, measure and standard error."""
    assert ours.keys() == theirs.keys()
    worst = 0.0
    for group, measures in ours.items():
        for estimate, name in (
            (measures.headcount, "H"),
            (measures.intensity, "A"),
            (measures.adjusted_headcount, "M0"),
        ):
            value, error = theirs[group][name]
            worst = max(worst, abs(estimate.value - value), abs(estimate.error - error))
    return worst


def clustered(frame: pd.DataFrame) -> tuple[Estimates, float]:
    """The weighted, stratified, clustered errors, which mpitb has not; and the seconds."""
    started = time.perf_counter()
    backend = ibis.duckdb.connect(threads=2)
    backend.con.register("sample", frame)
    scored = scored_sample(flagged(backend), scheme(), "weight")
    totals = backend.to_pyarrow(cluster_totals(scored, "village", "county")).to_pylist()
    clusters: dict[Any, int] = {}
    for row in totals:
        clusters[row["county"]] = clusters.get(row["county"], 0) + 1
    found = linearised_errors(totals, clusters, scheme(), "county")
    return found, time.perf_counter() - started


def timed(work: Callable[[], object]) -> float:
    """The best of several runs, in seconds."""
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    frame = people(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    result: dict[str, Any] = {"people": len(frame)}
    for name, weight in (("plain", None), ("weighted", "weight")):
        difference = largest_difference(bangfu(frame, weight), mpitb(frame.copy(), weight))
        assert difference < 1e-9, difference
        seconds = {
            "bangfu": timed(lambda w=weight: bangfu(frame, w)),
            # mpitb writes columns into the table it is given.
            "mpitb": timed(lambda w=weight: mpitb(frame, w)),
            "by_hand": timed(lambda w=weight: by_hand(frame, w)),
        }
        result[name] = {
            "largest_difference": difference,
            **{k: round(v, 3) for k, v in seconds.items()},
            "times_faster_than_mpitb": round(seconds["mpitb"] / seconds["bangfu"], 1),
            "of_by_hand": round(seconds["bangfu"] / seconds["by_hand"], 2),
        }
    estimates, seconds_clustered = clustered(frame)
    result["clustered"] = {
        "seconds": round(seconds_clustered, 3),
        "M0": estimates.adjusted_headcount.value,
        "se": estimates.adjusted_headcount.error,
    }
    print(json.dumps(result))
