"""The check plan on the live books: the same findings as on a snapshot, within the caller's scope."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
from django.db import connection

from bangfu.books.households.models import Household, Person
from bangfu.core.facts.model import Table
from bangfu.core.policy import load
from bangfu.core.screening.checks import compile_checks
from bangfu.engines import duckdb, postgres
from bangfu.engines.scope import WHOLE, Scope
from bangfu.files.policy_folder import read_policy

ON = date(2024, 6, 1)
FIRST, SECOND = "420527101200", "420527102200"


def _fill() -> dict[Table, pl.DataFrame]:
    """Two households with a person each, in the books and as frames."""
    households = [
        {
            "place_code": place,
            "household_no": number,
            "household_type": "脱贫户",
            "dangerous_house": True,
        }
        for place, number in ((FIRST, "h1"), (SECOND, "h2"))
    ]
    persons = [
        {"place_code": home["place_code"], "household_no": home["household_no"], "person_no": "p1", "name": "甲", "health": ["健康"], "birth": date(2020, 1, 1)}
        for home in households
    ]  # fmt: skip
    for home in households:
        Household.objects.create(**home)
    for person in persons:
        Person.objects.create(
            **{
                ("household_id" if key == "household_no" else key): value
                for key, value in person.items()
            }
        )
    return {Table.HOUSEHOLD: pl.DataFrame(households), Table.PERSON: pl.DataFrame(persons)}


def test_same_findings_as_a_snapshot(as_web):
    policy = load(read_policy(Path(__file__).parents[3] / "policy"))
    with as_web():
        frames = _fill()
        live = postgres.Books(connection.connection)
        places = live.places()
        plan = compile_checks(policy.checks(ON), policy, ON, places)
        in_books = postgres.run(plan, live)
        narrower = postgres.run(plan, postgres.Books(connection.connection, Scope.of([FIRST])))
    assert places == [FIRST, SECOND]
    with duckdb.open_frames(frames, WHOLE, threads=1) as snapshot:
        in_snapshot = duckdb.run(plan, snapshot)
    assert in_books.rows() == in_snapshot.rows()
    assert in_books.height > 0
    assert set(narrower["place_code"]) == {FIRST}
