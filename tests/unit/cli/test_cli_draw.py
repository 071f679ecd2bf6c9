"""`bangfu draw` on the worked table of the manual, and on lists that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.cli.running import bangfu, passed, refused

from bangfu.core.errors import InputError, UsageError

LIST = "P-001\t40\nP-002\t75\nP-003\t15\nP-004\t120\nP-005\t10\n"
SEED = "project:2026143 08 11 19 23 27 33+05"


def test_the_worked_table(tmp_path: Path) -> None:
    listed = tmp_path / "project.tsv"
    listed.write_text(LIST, "utf-8")
    said = bangfu("draw", listed, "--seed", SEED, "--by-risk", 2, "--by-lot", 1, lang="en")
    digest = "aabc883b1d0402c446864d1af897a501cd1a45493275e4f1737e64f408985f60"
    passed(said, digest, "By risk: P-002, P-004", "By lot: P-005")


@pytest.mark.parametrize(
    "seed, sizes, told",
    [
        ("", ("--by-risk", 1), "种子不对"),
        ("project:", ("--by-risk", 1), "种子不对"),
        ("project: ", ("--by-risk", 1), "种子不对"),
        ("2026143", ("--by-risk", 1), "village:种子"),
        (SEED, (), "抽几个"),
        (SEED, ("--by-risk", 5, "--by-lot", 4), "要抽 9 个，名单只有 5 行"),
    ],
)
def test_a_seed_or_a_number_that_cannot_be_is_refused(tmp_path: Path, seed, sizes, told) -> None:
    listed = tmp_path / "project.tsv"
    listed.write_text(LIST, "utf-8")
    refused(bangfu("draw", listed, "--seed", seed, *sizes), UsageError.exit_code, told)


def test_a_list_that_cannot_be_read_is_named_line_by_line(tmp_path: Path) -> None:
    listed = tmp_path / "spoilt.tsv"
    listed.write_text("P-001\t40\nP-002 75\nP-001\t3\nP-004\t0\n", "utf-8")
    said = bangfu("draw", listed, "--seed", SEED)
    refused(said, InputError.exit_code, "spoilt.tsv:2", "spoilt.tsv:3", "spoilt.tsv:4")
