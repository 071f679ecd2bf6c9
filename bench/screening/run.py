"""Screen an invented nation: run.py FOLDER (bangfu | by_hand); prints a JSON line.

Both ways run part by part through `engines.parts`, one thread a part, and write the same three results
as Parquet; they differ in the SQL. A digest of each result, over its rows in any order, shows whether
they are equal; it is taken after the clock has stopped.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import time
from pathlib import Path

import duckdb
from parameters import SETTING, by_hand_values

from bangfu.engines.parts import RESULTS, Parts, screen_parts, screening_sql

HERE = Path(__file__).parent
SCHEME = SETTING.parameters.scheme


def by_hand() -> dict[str, str]:
    """The hand-written SQL of each result."""
    sums = ",\n  ".join(
        f"coalesce(sum(members) filter ({where}), 0)::bigint as {kind}_{one.id}"
        for one in SCHEME.indicators
        for kind, where in (("raw", one.column), ("censored", f"{one.column} and poor"))
    )
    script = (
        (HERE / "by_hand.sql")
        .read_text(encoding="utf-8")
        .format(indicator_sums=sums, **by_hand_values())
    )
    parts = script.split("\n-- ")[1:]
    return {part.split("\n")[0]: part.split("\n", 1)[1].rstrip(";\n") for part in parts}


def digest(output: Path) -> dict[str, list[int]]:
    """Rows of each result and a digest that does not depend on the order of rows or columns."""
    found = {}
    with duckdb.connect() as connection:
        for name in RESULTS:
            table = connection.read_parquet(f"{output}/{name}_*.parquet")
            columns = ", ".join(sorted(table.columns))
            row = table.aggregate(f"count(*), bit_xor(hash({columns}))").fetchone()
            assert row is not None
            found[name] = list(row)
    return found


if __name__ == "__main__":
    folder, way = Path(sys.argv[1]), sys.argv[2]
    # Beside the parts, of which the folder holds nothing else.
    output = folder.with_name(f"{folder.name}_{way}")
    started, used = time.perf_counter(), time.process_time()
    sql = screening_sql(Parts(folder), SETTING) if way == "bangfu" else by_hand()
    compiled = time.process_time() - used
    screen_parts(Parts(folder), sql, output)
    measured = {
        "seconds": time.perf_counter() - started,
        "processor_seconds": time.process_time() - used,
        "compile_processor_seconds": compiled,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }
    rounded = {name: round(value, 2) for name, value in measured.items()}
    held = {"digest": digest(output)}
    print(json.dumps({"way": way, "parts": len(Parts(folder).names), **rounded, **held}))
    shutil.rmtree(output)
