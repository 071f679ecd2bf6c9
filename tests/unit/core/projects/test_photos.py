"""Photos held against the project's place and the report's days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bangfu.core.projects.photos import SAID, Doubt, judge, metres_between

SITE = (Decimal("31.0"), Decimal("110.0"))
DAY = date(2026, 5, 10)


def told(position=SITE, taken_on=DAY, site=SITE, reported=False):
    return judge(
        position=position,
        taken_on=taken_on,
        site=site,
        reported_on=DAY,
        metres=2000,
        days=7,
        reported=reported,
    )


@pytest.mark.parametrize(
    ("more", "distance", "doubts"),
    [
        ({}, 0, ()),
        ({"position": (Decimal("31.017"), Decimal("110.0"))}, 1890, ()),
        ({"position": (Decimal("31.019"), Decimal("110.0"))}, 2113, (Doubt.FAR,)),
        ({"position": None}, None, (Doubt.NO_POSITION,)),
        ({"reported": True}, 0, (Doubt.REPORTED,)),
        ({"site": None}, None, (Doubt.SITE_UNKNOWN,)),
        ({"taken_on": None}, 0, (Doubt.NO_TIME,)),
        ({"taken_on": DAY - timedelta(days=6)}, 0, ()),
        ({"taken_on": DAY - timedelta(days=7)}, 0, (Doubt.OTHER_DAY,)),
        ({"taken_on": DAY + timedelta(days=1)}, 0, (Doubt.OTHER_DAY,)),
        ({"position": None, "taken_on": None}, None, (Doubt.NO_POSITION, Doubt.NO_TIME)),
    ],
)
def test_what_fits_and_what_does_not(more, distance, doubts):
    assert (told(**more).distance_m, told(**more).doubts) == (distance, doubts)


def test_distances_on_the_globe():
    quarter = metres_between((Decimal(0), Decimal(0)), (Decimal(0), Decimal(90)))
    assert quarter == 10_007_543
    antipodes = metres_between((Decimal(0), Decimal(-180)), (Decimal(0), Decimal(180)))
    assert antipodes == 0


def test_every_doubt_has_its_words():
    assert set(SAID) == set(Doubt)
