"""A draw in public: what is told at once, what later, and that anybody draws the same from it."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.test import Client
from publishing_ground import COUNTY, SEED, VILLAGE, WORD, books, draw, fixed_plan, published, turn
from tests.unit.cli.running import bangfu, passed

from bangfu.books.publishing import actions
from bangfu.books.publishing.models import DrawLine
from bangfu.books.supervision.models import Plan, Target
from bangfu.books.walls import roles


@pytest.fixture
def fixed(county):
    """A list that was fixed forty days ago."""
    return fixed_plan()


def series():
    [told] = published(kind="draw", end="")
    return told.series


def page(suffix=""):
    return Client().get(f"/public/open/draws/{series()}/{suffix}")


def test_the_public_holds_the_digests_before_there_is_a_seed(fixed, connect):
    asked = (
        "select village_digest, project_digest, seed, p.first_at::date - d.fixed_on, p.version"
        " from publishing_drawcopy d join publishing_publication p on p.id = d.publication_id"
    )
    digests = (fixed.village_digest, fixed.project_digest)
    with connect(roles.PUBLIC) as public:
        assert public.execute(asked).fetchall() == [(*digests, "", 0, 1)]
    assert {each.kind for each in turn(days=-40).made} == {"plan", "project", "results", "month"}
    draw(fixed)
    with connect(roles.PUBLIC) as public:
        assert public.execute(asked).fetchall() == [(*digests, SEED, 0, 2)]


def test_a_list_that_cannot_be_published_is_not_fixed(county, monkeypatch):
    monkeypatch.setitem(actions.DAYS, "draw", "publishing.no_such_value")
    with pytest.raises(Exception, match="no_such_value"):
        fixed_plan()
    with books():
        assert not Plan.objects.exists()


def test_the_digests_stand_before_the_seed_and_the_list_after_the_inspection(fixed):
    told = page().content.decode()
    assert fixed.village_digest in told and fixed.project_digest in told
    assert f"的 SHA-256 从 {fixed.fixed_on}" in told
    assert "12月1日双色球开奖号码" in told and "还没有抽取" in told
    draw(fixed)
    told = page().content.decode()
    assert SEED in told and "起公开：先督查，后公开" in told and WORD not in told
    assert f"的 SHA-256 从 {fixed.fixed_on}" in told
    assert page("village.tsv").status_code == 404
    turn(days=-39)
    with books():
        assert not DrawLine.objects.exists()
    assert turn(days=-10).made == []
    turn(days=-9)
    told = page().content.decode()
    assert WORD in told and "按风险" in told
    with books():
        reasons = Target.objects.filter(plan=fixed).values_list("why_zh", flat=True)
        assert all(why not in told for why in reasons)  # that a flag is open says nothing yet


def test_anybody_draws_the_same_from_what_is_public(fixed, tmp_path):
    draw(fixed)
    turn(days=-9)
    told = page().content.decode()
    for kind in ("village", "project"):
        listed = page(f"{kind}.tsv").content
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
    told = str(series())
    assert told in Client().get(f"/public/open/places/{COUNTY}/").content.decode()
    assert told in Client().get(f"/public/open/places/{COUNTY}/feed.atom").content.decode()
    assert page("person.tsv").status_code == 404
    draw(fixed)
    turn(days=-9)
    assert told in Client().get(f"/public/open/places/{VILLAGE}/").content.decode()
