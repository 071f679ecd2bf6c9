"""`make bench`: every comparison, one after the other; what it printed goes into docs/explanation.

python -m bench [NAME ...]: allocation, importing, county, pages (with what-if and a village's
book), printing, poverty, ledger, payments, tracing, nation.
Each script prints JSON lines; they are kept whole in docs/explanation/performance.json, the newest run of each name.
Nothing here judges: docs/explanation/performance.md says what was reached and what was missed.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

BENCH = Path(__file__).parent
RESULTS = BENCH.parent / "docs" / "explanation" / "performance.json"
NATION_HOUSEHOLDS = "30000000"


def commands(folder: str) -> dict[str, list[list[str]]]:
    """The command lines of each comparison."""
    nation = f"{folder}/nation"
    return {
        "allocation": [
            ["allocation/run.py", kind] for kind in ("village", "department", "county", "big")
        ],
        "importing": [["importing/run.py"]],
        "county": [["county/run.py"]],
        "pages": [["pages/run.py"], ["whatif/run.py"], ["records/run.py"]],
        "printing": [["printing/run.py"]],
        "poverty": [["poverty/run.py"]],
        "ledger": [
            ["ledger/run.py", "movements"],
            ["ledger/run.py", "compare"],
            ["ledger/run.py", "recount", "2500000"],
        ],
        "payments": [["payments/run.py"]],
        "tracing": [["tracing/run.py"]],
        "nation": [
            ["screening/generate.py", nation, NATION_HOUSEHOLDS],
            ["screening/run.py", nation, "by_hand"],
            ["screening/run.py", nation, "bangfu"],
        ],
    }


def run(command: list[str]) -> list[Any]:
    """The JSON lines of one script; its other lines are passed on."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(BENCH / command[0]), *command[1:]],
        cwd=BENCH / Path(command[0]).parent,
        env=os.environ | {"PYTHONPATH": str(BENCH.parent)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    sys.stdout.write(done.stdout)
    sys.stdout.flush()
    return [json.loads(line) for line in lines if line.startswith("{")]


def main(names: list[str]) -> None:
    """Run the comparisons named, or all of them, and keep their results."""
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as folder:
        for name, lines in commands(folder).items():
            if names and name not in names:
                continue
            results = [row for command in lines for row in run(command)]
            kept[name] = {
                "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
                "python": platform.python_version(),
                "results": results,
            }
            RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
