"""Whatever the bytes: a sentence and the exit code of a user's mistake, never a fault of ours."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.cli.running import TRACEBACK, Said, bangfu
from tests.unit.cli.workbooks import grid, income, people, write_grids

from bangfu.cli import checking


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("garbage")


@pytest.fixture(scope="module", autouse=True)
def without_checks() -> Iterator[None]:
    """Reading is tried here; what the checks find in a workbook that was read is tried elsewhere."""
    policy = checking.load_policy()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "load_policy", lambda: policy)
        patch.setattr(
            checking,
            "run_checks",
            lambda intake, *_: pl.DataFrame(schema={"rule": pl.String}),
        )
        yield


def _no_fault(said: Said) -> None:
    assert said.code in (0, 2, 3, 4), said
    assert TRACEBACK not in said.err + said.out
    assert said.code == 0 or said.err.strip()


def _whole() -> bytes:
    book = openpyxl.Workbook()
    for row in grid("national", people(2)):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


WHOLE = _whole()


@given(
    hits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=5),
    keep=st.floats(0.2, 1),
)
@settings(max_examples=15)
def test_damaged_workbooks(folder: Path, hits: list[tuple[float, int]], keep: float) -> None:
    content = bytearray(WHOLE)
    for where, value in hits:
        content[int(where * len(content))] = value
    path = folder / "a.xlsx"
    path.write_bytes(bytes(content[: int(keep * len(content))]))
    _no_fault(bangfu("check", path))


CELL = (
    st.none()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates()
    | st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
    | st.sampled_from(
        ["1e400", "NaN", "=1/0", "#N/A", "２０２６年１月", "4205271980010112345", "-", "无"]
    )
)


@given(
    rows=st.lists(st.lists(CELL, min_size=8, max_size=8), min_size=1, max_size=5),
    sums=st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=3),
)
@settings(max_examples=15)
def test_any_cells_under_the_right_headers(
    folder: Path, rows: list[list[object]], sums: list[list[object]]
) -> None:
    heads, money = grid("national", people(1))[0], grid("income", [income(1)])[0]
    path = write_grids(folder / "b.xlsx", {"户": [heads, *rows], "收入": [money, *sums]})
    _no_fault(bangfu("check", path))


@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example("乡,村\n".encode("utf-16"))
@settings(max_examples=8)
def test_any_bytes_wherever_a_file_is_named(folder: Path, content: bytes) -> None:
    path = folder / "c.csv"
    path.write_bytes(content)
    _no_fault(bangfu("check", path, "--places", path))
    _no_fault(bangfu("check", path, "--confirmed", path))
    _no_fault(bangfu("allocate", "--problem", path))
    pabulib = folder / "c.pb"
    pabulib.write_bytes(content)
    _no_fault(bangfu("allocate", "--problem", pabulib))


KEYS = st.sampled_from(
    [
        "id",
        "name",
        "amount_fen",
        "purposes",
        "areas",
        "poolable",
        "share_rules",
        "place",
        "purpose",
        "cost_fen",
        "priority",
        "required",
        "divisible",
        "recipe",
        "unit_fen",
        "max_units",
        "beneficiaries",
        "admitted",
        "floors",
        "ceilings",
        "exclusive",
        "requires",
        "at_least",
        "at_most",
        "total_at_least_fen",
        "gap",
        "time_limit_s",
        "fund_lines",
        "projects",
        "rules",
        "options",
        "places",
        "lines",
        "hard",
    ]
)
VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.floats(allow_nan=True)
    | st.sampled_from(["*", "A", "P", "0.5", "420527", "1/2", "", "-1", "1e9"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(
    lines=st.lists(st.dictionaries(KEYS, VALUE, max_size=4), max_size=3) | VALUE,
    projects=st.lists(st.dictionaries(KEYS, VALUE, max_size=4), max_size=3) | VALUE,
    rules=VALUE,
)
@settings(max_examples=20)
def test_any_problem(folder: Path, lines: object, projects: object, rules: object) -> None:
    path = folder / "p.json"
    stated = {"fund_lines": lines, "projects": projects, "rules": rules}
    path.write_text(json.dumps(stated), "utf-8")
    _no_fault(bangfu("allocate", "--problem", path))
