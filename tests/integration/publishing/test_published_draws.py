"""A draw in public: what is told at once, what later, and that anybody draws the same from it."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client
from publishing_ground import COUNTY, SEED, VILLAGE, WORD, books, draw, fixed_plan, turn
from tests.unit.cli.running import bangfu, passed

from bangfu.books.publishing.models import DrawLine
from bangfu.books.supervision.models import Target


@pytest.fixture
def fixed(county):
    """A list that was fixed forty days ago."""
    return fixed_plan()


def page(made, suffix=""):
    [told] = [each for each in made if each.kind == "draw"]
    return Client().get(f"/public/open/draws/{told.series}/{suffix}")


def test_the_digests_stand_before_the_seed_and_the_list_after_the_inspection(fixed):
    told = page(turn(days=-40).made).content.decode()
    assert fixed.village_digest in told and fixed.project_digest in told
    assert "12月1日双色球开奖号码" in told and "还没有抽取" in told
    draw(fixed)
    made = turn(days=-39).made
    told = page(made).content.decode()
    assert SEED in told and "起公开：先督查，后公开" in told and WORD not in told
    assert page(made, "village.tsv").status_code == 404
    with books():
        assert not DrawLine.objects.exists()
    assert turn(days=-10).made == []
    told = page(turn(days=-9).made).content.decode()
    assert WORD in told and "按风险" in told
    with books():
        reasons = Target.objects.filter(plan=fixed).values_list("why_zh", flat=True)
        assert all(why not in told for why in reasons)  # that a flag is open says nothing yet


def test_anybody_draws_the_same_from_what_is_public(fixed, tmp_path):
    draw(fixed)
    made = turn(days=-9).made
    told = page(made).content.decode()
    for kind in ("village", "project"):
        listed = page(made, f"{kind}.tsv").content
        digest = hashlib.sha256(listed).hexdigest()
        assert digest in told
        (tmp_path / f"{kind}.tsv").write_bytes(listed)
        line = re.search(rf'bangfu draw {kind}\.tsv --seed "(.*?)" (.*?)</code>', told)
        said = bangfu(
            "draw", tmp_path / f"{kind}.tsv", "--seed", line[1], *line[2].split(), lang="en"
        )
        with books():
            taken = Target.objects.filter(plan=fixed, kind=kind)
            by_risk = [each.key for each in taken.filter(chosen="risk").order_by("turn")]
            by_lot = [each.key for each in taken.filter(chosen="lot").order_by("turn")]
        passed(said, digest, f"By risk: {', '.join(by_risk)}", f"By lot: {', '.join(by_lot)}")


def test_a_place_leads_to_its_draws(fixed):
    made = turn(days=-40).made
    [told] = [each for each in made if each.kind == "draw"]
    assert str(told.series) in Client().get(f"/public/open/places/{COUNTY}/").content.decode()
    feed = Client().get(f"/public/open/places/{COUNTY}/feed.atom").content.decode()
    assert str(told.series) in feed
    assert page(made, "person.tsv").status_code == 404
    draw(fixed)
    turn(days=-9)
    assert str(told.series) in Client().get(f"/public/open/places/{VILLAGE}/").content.decode()
