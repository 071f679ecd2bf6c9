"""Standard errors against the textbook formulas, person by person."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import sqrt

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu.core.screening.deprivation import Indicator, Scheme
from bangfu.core.screening.standard_errors import (
    added,
    cluster_totals,
    kish_errors,
    linearised_errors,
    sample_sums,
    scored_sample,
)

_BACKEND = ibis.duckdb.connect()
SCHEME = Scheme(
    "test",
    tuple(Indicator(name, "d", weight) for name, weight in (("a", 3), ("b", 2), ("c", 1))),
    Fraction(1, 2),
)
_PERSON = st.fixed_dictionaries(
    {
        "a": st.sampled_from([0, 1, None]),
        "b": st.integers(0, 1),
        "c": st.integers(0, 1),
        "weight": st.integers(1, 9),
        "group": st.sampled_from("xy"),
        "stratum": st.sampled_from("st"),
        "cluster": st.integers(0, 3),
    }
)
_SAMPLE = st.lists(_PERSON, min_size=2, max_size=25)
_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("a", "b", "c", "weight", "cluster"), pa.int64()),
        **dict.fromkeys(("group", "stratum"), pa.string()),
    }
)


def _score(person) -> int:
    return sum(i.weight for i in SCHEME.indicators if person[i.id] == 1)


def _table(sample) -> ibis.Table:
    table = ibis.memtable(pa.Table.from_pylist(sample, schema=_SCHEMA))
    return table.mutate(**{i.column: table[i.id] == 1 for i in SCHEME.indicators})


def _close(found, expected) -> None:
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(max_examples=25)
@given(_SAMPLE, st.booleans())
def test_kish_errors_are_those_of_mpitb(sample, weighted) -> None:
    weight = "weight" if weighted else None
    sums = sample_sums(_table(sample), SCHEME, ["group"], weight)
    cells = _BACKEND.to_pyarrow(sums).to_pylist()
    found = kish_errors(added(cells, SCHEME), SCHEME)
    w = [p["weight"] if weighted else 1 for p in sample]
    scores = [_score(p) / 6 for p in sample]
    poor = [s >= 0.5 for s in scores]
    if not any(poor):
        assert found.headcount.value == found.adjusted_headcount.error == 0
        return
    w_poor = [x for x, is_poor in zip(w, poor, strict=True) if is_poor]
    s_poor = [x for x, is_poor in zip(scores, poor, strict=True) if is_poor]
    h = sum(w_poor) / sum(w)
    a = sum(x * s for x, s in zip(w_poor, s_poor, strict=True)) / sum(w_poor)
    plain = sum(s_poor) / len(s_poor)
    deviation = sqrt(sum((s - plain) ** 2 for s in s_poor) / len(s_poor))
    effective = sum(w) ** 2 / sum(x * x for x in w)
    effective_poor = sum(w_poor) ** 2 / sum(x * x for x in w_poor)
    var_a = sum(x * (s - a) ** 2 for x, s in zip(w_poor, s_poor, strict=True)) / sum(w_poor)
    var_m0 = a**2 * h * (1 - h) / effective + h**2 * var_a / effective_poor
    _close(found.headcount.value, h)
    _close(found.intensity.value, a)
    _close(found.adjusted_headcount.value, h * a)
    _close(found.headcount.error, sqrt(h * (1 - h) / len(sample)))
    _close(found.intensity.error, deviation / sqrt(len(s_poor)))
    _close(found.adjusted_headcount.error, sqrt(var_m0))


@settings(max_examples=25)
@given(_SAMPLE)
def test_linearised_errors_are_the_textbook_ones(sample) -> None:
    scored = scored_sample(_table(sample), SCHEME, "weight")
    rows = _BACKEND.to_pyarrow(cluster_totals(scored, "cluster", "stratum", ["group"])).to_pylist()
    clusters = defaultdict(set)
    for person in sample:
        clusters[person["stratum"]].add(person["cluster"])
    sizes = {stratum: len(found) for stratum, found in clusters.items()}
    domain = [row for row in rows if row["group"] == "x"]
    found = linearised_errors(domain, sizes, SCHEME, "stratum")
    ours = [p for p in sample if p["group"] == "x"]
    x = sum(p["weight"] for p in ours)
    y = sum(p["weight"] * _score(p) for p in ours if _score(p) >= 3)
    if not x:
        assert found.adjusted_headcount.value == 0
        return
    ratio = y / x / 6
    _close(found.adjusted_headcount.value, ratio)
    seen = {p["stratum"] for p in ours}
    if any(sizes[stratum] < 2 for stratum in seen):
        assert found.adjusted_headcount.error is None
        return
    variance = 0.0
    for stratum in seen:
        totals = {cluster: 0.0 for cluster in clusters[stratum]}
        for p in ours:
            if p["stratum"] == stratum:
                censored = _score(p) / 6 if _score(p) >= 3 else 0
                totals[p["cluster"]] += p["weight"] * (censored - ratio) / x
        n, mean = len(totals), sum(totals.values()) / len(totals)
        variance += n / (n - 1) * sum((t - mean) ** 2 for t in totals.values())
    _close(found.adjusted_headcount.error, sqrt(variance))


def test_an_unstratified_sample_has_one_stratum() -> None:
    sample = [
        {"a": 1, "b": 1, "c": 0, "weight": 1, "group": "x", "stratum": "s", "cluster": 0},
        {"a": 0, "b": 0, "c": 0, "weight": 1, "group": "x", "stratum": "s", "cluster": 1},
    ]
    totals = cluster_totals(scored_sample(_table(sample), SCHEME, "weight"), "cluster")
    found = linearised_errors(_BACKEND.to_pyarrow(totals).to_pylist(), {None: 2}, SCHEME)
    assert (found.headcount.value, found.headcount.error) == (0.5, pytest.approx(0.5))
    assert (found.intensity.value, found.intensity.error) == (pytest.approx(5 / 6), 0)


def test_the_whole_sample_without_cells_is_one_row() -> None:
    sample = [{"a": 1, "b": 0, "c": 0, "weight": 2, "group": "x", "stratum": "s", "cluster": 0}]
    row = _BACKEND.to_pyarrow(sample_sums(_table(sample), SCHEME)).to_pylist()[0]
    assert (row["n"], row["w"], row["raw_a"], row["censored_b"]) == (1, 1, 1, None)
