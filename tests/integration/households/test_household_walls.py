"""Persons are seen by who may see persons, in their own places; numbers are sealed; rows stay tied."""

from __future__ import annotations

import polars as pl
import psycopg
import pytest
from django.db import IntegrityError, connection

from bangfu.books.households import models
from bangfu.books.households.actions import import_households
from bangfu.books.households.batch import Batch
from bangfu.books.households.queries import snapshot_frames
from bangfu.books.walls.guarded import opened, token
from bangfu.books.walls.scope import DataClass
from bangfu.core.errors import ConflictError, InputError, UsageError
from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.model import Kind, Table

VILLAGE, OTHER = "420527101200", "420527101201"
NUMBER = "42052719800101000000"
TABLES = {
    Table.HOUSEHOLD: models.Household,
    Table.PERSON: models.Person,
    Table.JOB: models.Job,
    Table.PLAN: models.JobPlan,
    Table.INCOME: models.IncomeItem,
    Table.VILLAGE: models.VillageProfile,
}
PERSON_TABLES = [
    model
    for name in ("Household", "Person", "Job", "JobPlan", "IncomeItem")
    for model in (getattr(models, name), getattr(models, f"{name}History"))
]


@pytest.fixture
def county(places, as_web, make_batch) -> None:
    with as_web():
        import_households(by="tester", batch=make_batch())


@pytest.mark.parametrize("table", TABLES)
def test_models_are_the_fact_dictionary(table):
    """Columns are the dictionary's facts, in their kinds; `id` and a village sheet's year come on top."""
    types = {
        Kind.TEXT: "text",
        Kind.CODE: "text",
        Kind.VALUES: "text[]",
        Kind.YES_NO: "boolean",
        Kind.FEN: "bigint",
        Kind.INT: "bigint",
        Kind.DECIMAL: "numeric(14, 2)",
        Kind.DATE: "date",
        Kind.MONTH: "integer",
        Kind.GUARDED: "bytea",
        Kind.TOKEN: "varchar(64)",
    }
    facts = {fact.name: types[fact.kind] for fact in FACTS[table]}
    facts |= {"place_code": "varchar(12)"}
    columns = {
        field.column: field.db_type(connection)
        for field in TABLES[table]._meta.local_fields
        if field.column not in {"id"} - facts.keys()
    }
    if table is Table.VILLAGE:
        assert columns.pop("year") == "bigint"
    assert columns == facts


def test_persons_need_the_class_and_the_place(county, as_web, scope_of):
    def seen(model, *places, **more):
        with as_web(scope_of(*places, **more)):
            return set(model.objects.values_list("place_code", flat=True))

    for model in PERSON_TABLES:
        assert seen(model) == {VILLAGE, OTHER}
        assert seen(model, VILLAGE) == {VILLAGE}
        assert seen(model, "420528000000") == set()
        assert seen(model, classes=[DataClass.PERSONS]) == {VILLAGE, OTHER}
        for other in (DataClass.SUMS, DataClass.MONEY, DataClass.SAMPLE):
            assert seen(model, classes=[other]) == set()
        assert seen(model, classes=[]) == set()


def test_a_village_cannot_write_into_another(county, as_web, scope_of):
    with as_web(scope_of(VILLAGE)):
        assert models.Household.objects.filter(place_code=OTHER).update(collector="me") == 0
        assert models.Household.objects.filter(place_code=OTHER).delete()[0] == 0
    with pytest.raises(UsageError, match="outside your scope"), as_web(scope_of(VILLAGE)):
        models.Household.objects.filter(place_code=VILLAGE).update(place_code=OTHER)


def test_a_person_cannot_lie_elsewhere_than_the_household(county, as_web):
    with pytest.raises(IntegrityError), as_web():
        models.Person.objects.filter(household="4205270000000").update(place_code=OTHER)


def test_who_belongs_to_a_household_moves_with_it(county, as_web):
    with as_web():
        models.Household.objects.filter(household_no="4205270000000").update(place_code=OTHER)
    with as_web():
        for model in (models.Person, models.Job, models.JobPlan, models.IncomeItem):
            found = model.objects.filter(household="4205270000000")
            assert set(found.values_list("place_code", flat=True)) == {OTHER}
        past = models.PersonHistory.objects.filter(pgh_label="update")
        assert past.count() == 2


def test_a_write_without_an_actor_is_refused(county, connect):
    with connect() as web, pytest.raises(psycopg.errors.NotNullViolation, match="actor"):
        web.execute(
            "select set_config('app.lo', '420527', true), set_config('app.hi', '420527:', true),"
            " set_config('app.classes', 'persons', true)"
        )
        web.execute("update households_household set collector = 'x'")


def test_history_cannot_be_written_or_changed(county, as_web, connect):
    settings = (
        "select set_config('app.lo', '420527', true), set_config('app.hi', '420527:', true),"
        " set_config('app.classes', 'persons', true), set_config('app.actor', 'me', true)"
    )
    for statement in (
        "update households_personhistory set name = 'x'",
        "delete from households_personhistory",
        "insert into households_personhistory (pgh_created_at, pgh_label) values (now(), 'x')",
    ):
        with connect() as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(settings)
            web.execute(statement)
        with connect("bangfu_owner") as owner, pytest.raises(psycopg.Error):
            owner.execute(settings)
            owner.execute(statement)


def test_guarded_numbers_are_nowhere_in_the_data_folder(county, server, as_web):
    with server.connect() as admin:
        admin.execute("checkpoint")
    clear = NUMBER.encode()
    holding = [
        path
        for path in server.data.rglob("*")
        if path.is_file() and not path.is_symlink() and clear in path.read_bytes()
    ]
    assert holding == []
    with as_web():
        person = models.Person.objects.get(household="4205270000000", person_no="00")
        assert opened(person.certificate, "certificate") == NUMBER
        assert person.certificate_token == token(NUMBER)
        with pytest.raises(ValueError, match="altered or moved"):
            opened(person.certificate, "phone")


def test_snapshot_holds_what_came_in_but_names_and_numbers(county, as_web, make_batch):
    batch = make_batch()
    with as_web():
        frames = snapshot_frames(year=2026)
    for table, frame in frames.items():
        guarded = [fact.name for fact in FACTS[table] if fact.kind is Kind.GUARDED]
        expected = batch.frames[table].drop(guarded)
        names = [name for name in ("name", "collector") if name in expected.columns]
        key = [
            name for name in ("household_no", "person_no", "place_code") if name in frame.columns
        ]
        assert frame.columns == expected.columns
        assert frame.drop(names).sort(key).equals(expected.drop(names).sort(key))
        for name in names:
            assert frame[name].str.len_chars().unique().to_list() == [64]


def test_snapshot_is_empty_outside_the_scope(county, as_web, scope_of):
    with as_web(scope_of("420528000000")):
        assert {frame.height for frame in snapshot_frames().values()} == {0}


def test_import_outside_the_scope_is_refused(places, as_web, scope_of, make_batch):
    with pytest.raises(UsageError, match="outside your scope"), as_web(scope_of(VILLAGE)):
        import_households(by="tester", batch=make_batch())


def test_a_number_registered_elsewhere_is_answered_neutrally(county, as_web, scope_of, make_batch):
    batch = make_batch(1)
    taken = batch.frames[Table.HOUSEHOLD].with_columns(household_no=pl.lit("4205270000001"))
    moved = Batch(VILLAGE, 2026, {Table.HOUSEHOLD: taken}, "x")
    with pytest.raises(InputError) as caught, as_web(scope_of(VILLAGE)):
        import_households(by="tester", batch=moved)
    assert OTHER not in str(caught.value)
    [told] = caught.value.problems
    assert (told.rule, told.value) == ("registered", "4205270000001")
    with as_web():
        assert models.Household.objects.filter(household_no="4205270000001").count() == 1


def test_two_imports_of_a_county_at_once(places, as_web, make_batch, connect):
    with connect() as other:
        other.execute(
            "select pg_advisory_xact_lock(hashtext('households.import'), hashtext('420527000000'))"
        )
        with pytest.raises(ConflictError, match="Another import"), as_web():
            import_households(by="tester", batch=make_batch())


def test_nul_is_named(places, as_web, make_batch):
    batch = make_batch()
    broken = batch.frames[Table.HOUSEHOLD].with_columns(collector=pl.lit("a\0b"))
    with pytest.raises(InputError, match="NUL"), as_web():
        import_households(by="tester", batch=make_batch(household=broken))
