"""A command brings the books up by itself, or says in a sentence why it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.lib.postgres import folder_of_server, migrated

PROGRAM = """
from bangfu.site import start
start.setup_django()
from datetime import date
from bangfu.site.operators import named_operator
from bangfu.books.accounts.queries import scope_of
from bangfu.books.walls.scope import DataClass, within
from bangfu.books.journal.actions import write
from bangfu.books.journal.models import Entry
day = date(2026, 10, 1)
me = named_operator(day)
scope = scope_of(me, on=day, purpose="test", classes=[DataClass.PERSONS], writes=True)
with within(scope, by=me):
    write(by=me, place_code="420527000000", verb="test.start", subject="x")
    print(me, Entry.objects.count())
"""


@pytest.fixture
def run():
    """Run the program in a process of its own, against a data folder of its own."""
    with folder_of_server() as folder:
        yield lambda **environ: _ran(folder, environ)


def _ran(folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("BANGFU")}
    places = {
        "BANGFU_DATA": str(folder / "postgres"),
        "XDG_CONFIG_HOME": str(folder / "config"),
    }
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=inherited | places | {"BANGFU_OPERATOR": "clerk"} | environ,
        capture_output=True,
        check=False,
        text=True,
    )


def test_commands_after_the_first():
    """The first command makes the books in an empty folder: `migrated` is that, once for the run."""
    with folder_of_server() as folder:
        migrated(folder)
        for count in (1, 2):
            ran = _ran(folder, {})
            assert (ran.returncode, ran.stdout) == (0, f"clerk {count}\n"), ran.stderr


def test_a_server_without_a_key_is_refused(run):
    result = run(DATABASE_URL="postgresql://nobody@localhost/none")
    assert result.returncode
    assert "BANGFU_KEY" in result.stderr


def test_a_server_that_does_not_answer(run):
    url = "postgresql://nobody@127.0.0.1:1/none"
    result = run(DATABASE_URL=url, BANGFU_KEY="a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=")
    assert "UsageError" in result.stderr
    assert "does not answer" in result.stderr


def test_an_address_that_is_none(run):
    result = run(DATABASE_URL="postgresql://user:secret@host:port:what/x y")
    assert "UsageError" in result.stderr
    assert "secret" not in result.stderr
