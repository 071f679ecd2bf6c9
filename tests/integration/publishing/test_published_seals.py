"""A seal in public: its digests from the moment it is made, and the books held against them."""

from __future__ import annotations

import json

from django.test import Client
from publishing_ground import COUNTY, VILLAGE, books, published, turn

from bangfu.books.funds.models import MonthSeal
from bangfu.books.funds.verify import one_state, verify
from bangfu.books.walls import roles
from bangfu.core.ledger.seals import Head, seal_digest

OCTOBER = 202610


def test_a_seal_and_its_lines_are_public_as_it_is_made(county, connect):
    """What the public role reads gives the seal's digest again; the night finds nothing to add."""
    with books():
        seal = MonthSeal.objects.get(month=OCTOBER)
    with connect(roles.PUBLIC) as public:
        [(month, previous, digest)] = public.execute(
            "select month, previous, digest from publishing_sealcopy"
        ).fetchall()
        heads = public.execute("select line_number, position, digest from publishing_headcopy")
        told = [Head(*row) for row in heads.fetchall()]
    assert (month, digest) == (OCTOBER, seal.digest)
    assert told and seal_digest(COUNTY, month, previous, told) == digest
    [shown] = published(kind="seal", period=OCTOBER)
    assert shown.first_at == seal.sealed_at
    assert "seal" not in {each.kind for each in turn().made}


def test_whoever_reads_the_seals_holds_the_books_against_them(county, connect):
    told = Client().get(f"/public/open/places/{COUNTY}/seals.json")
    [[place, month, digest]] = json.loads(told.content)
    seals = {(place, month): digest}
    with one_state(), books():
        assert verify(published=seals) == []
    with connect("postgres") as admin:  # whoever has the database makes another seal
        admin.execute("set session_replication_role = replica")
        admin.execute("update funds_monthseal set digest = repeat('0', 64) where month = 202610")
    with one_state(), books():
        assert any(problem.where == f"seal {OCTOBER}" for problem in verify(published=seals))


def test_the_page_of_a_seal(county):
    turn()
    [shown] = published(kind="seal", period=OCTOBER)
    place = Client().get(f"/public/open/places/{COUNTY}/?year=2026").content.decode()
    assert f"/public/open/seals/{shown.series}/" in place
    page = Client().get(f"/public/open/seals/{shown.series}/").content.decode()
    with books():
        seal = MonthSeal.objects.get(month=OCTOBER)
        heads = list(seal.heads.values_list("digest", flat=True))
    assert seal.digest in page and all(digest in page for digest in heads)
    assert f"/public/open/places/{COUNTY}/seals.json" in page
    assert Client().get(f"/public/open/places/{VILLAGE}/seals.json").status_code == 200
