"""A connection that wrote single rows plans anew before it writes many."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bangfu.books.places.actions import load_places
from bangfu.books.places.models import Place
from bangfu.core.places import Place as Code

ROWS = [Code(f"4205271{n:02d}000", f"示例镇{n}") for n in range(1, 4)]


def _statements(done: CaptureQueriesContext) -> list[str]:
    return [query["sql"].lower() for query in done.captured_queries]


def test_a_staged_write_plans_anew_before_it_changes_many_rows(as_web):
    with as_web():
        for row in ROWS:
            load_places(by="tester", rows=[Code(row.code, "原名")], source="one by one")
    with as_web(), CaptureQueriesContext(connection) as done:
        load_places(by="tester", rows=ROWS, source="all")
    with as_web():
        held = dict(Place.objects.values_list("code", "name"))
    assert [held[row.code] for row in ROWS] == [row.name for row in ROWS]
    issued = _statements(done)
    update = next(n for n, sql in enumerate(issued) if sql.startswith('update "places_place"'))
    assert "discard plans" in issued[:update]
