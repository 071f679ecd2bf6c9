"""Every derived fact, three times: DuckDB, PostgreSQL, and by hand from what it is said to mean."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from lib.agreement import in_both_engines, named_facts
from lib.derived_by_hand import BY_HAND
from lib.worlds import seeded, worlds

from bangfu.core.facts.derived import DERIVED
from bangfu.core.facts.model import Table
from bangfu.core.policy.rules.nodes import KEYS
from bangfu.core.policy.rules.parser import derived

ON = date(2024, 6, 1)
GRAINS = (Table.HOUSEHOLD, Table.PERSON, Table.VILLAGE)
NAMES = {grain: [d.fact.name for d in DERIVED if d.fact.table is grain] for grain in GRAINS}
ASKED = {grain: [derived(name) for name in NAMES[grain]] for grain in GRAINS}


def test_every_derived_fact_has_a_version_by_hand():
    assert set(BY_HAND) == {item.fact.name for item in DERIVED}


def by_hand(rows, grain):
    return {
        tuple(row[key] for key in KEYS[grain]): tuple(
            BY_HAND[name](rows, row, ON) for name in NAMES[grain]
        )
        for row in rows[grain]
    }


@pytest.mark.parametrize("grain", GRAINS)
def test_drawn_counties(grain, postgres):
    """Small counties that shrink, with blanks, empty lists and years to come."""

    @settings(
        max_examples=6,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )
    @given(worlds(named_facts(ASKED[grain])))
    def agree(rows):
        expected = by_hand(rows, grain)
        for answers in in_both_engines(rows, grain, ASKED[grain], ON, postgres):
            assert answers == expected

    agree()


@pytest.mark.parametrize("grain", GRAINS)
def test_a_bigger_county(grain, postgres):
    """Sixty households from a seed, in which every fact takes several values."""
    rows = seeded(named_facts(ASKED[grain]), 7, 60)
    expected = by_hand(rows, grain)
    for answers in in_both_engines(rows, grain, ASKED[grain], ON, postgres):
        assert answers == expected
    for number, name in enumerate(NAMES[grain]):
        assert len({repr(row[number]) for row in expected.values()}) > 1, name
