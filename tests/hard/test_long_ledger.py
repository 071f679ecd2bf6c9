"""Five million movements are recounted in memory that does not grow with them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.hard

BENCH = Path(__file__).parents[2] / "bench" / "ledger" / "run.py"
POSTINGS = 2_500_000


def test_memory_does_not_grow_with_the_ledger():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(BENCH), "recount", str(POSTINGS)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["movements"], told["problems"]) == (5_000_000, 0)
    # Accounts, heads and one chunk of each stream; the ledger itself is over a gigabyte.
    assert told["grown_mb"] < 64
