"""The walls under attack: what a role sees without a scope, after one, beside one."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, transaction

from bangfu.books.journal.actions import write
from bangfu.books.journal.models import Entry
from bangfu.books.walls import roles
from bangfu.books.walls.scope import DataClass, Scope
from bangfu.core.errors import UsageError

VILLAGE, OTHER = "420527101200", "420527102201"
ALL = frozenset(DataClass)


def _write(place_code: str = VILLAGE, by: str = "tester") -> None:
    write(by=by, place_code=place_code, verb="test.write", subject=place_code)


@pytest.fixture
def entries(as_web, scope_of) -> None:
    """One entry in each of four places, of two provinces."""
    with as_web(scope_of("000000000000")):
        for code in (VILLAGE, OTHER, "420528101200", "510101001001"):
            _write(code)


def _seen() -> list[str]:
    return sorted(Entry.objects.values_list("place_code", flat=True))


def test_without_a_scope_nothing_is_seen(entries):
    assert _seen() == []
    with transaction.atomic():
        assert _seen() == []


def test_a_scope_shows_its_places_only(entries, as_web):
    for places, seen in (
        (("000000000000",), [VILLAGE, OTHER, "420528101200", "510101001001"]),
        (("420527000000",), [VILLAGE, OTHER]),
        (("420527101000",), [VILLAGE]),
        ((VILLAGE,), [VILLAGE]),
        ((VILLAGE, "510000000000"), [VILLAGE, "510101001001"]),
        ((VILLAGE, "420527000000"), [VILLAGE, OTHER]),
        (("420527103000",), []),
        ((), []),
    ):
        with as_web(Scope(places, ALL, "test")):
            assert _seen() == seen
        assert _seen() == []


def test_nothing_is_seen_after_an_error(entries, as_web):
    with pytest.raises(ZeroDivisionError), as_web():
        raise ZeroDivisionError
    assert _seen() == []


@pytest.mark.parametrize("left_out", ["app.lo", "app.hi"])
def test_a_half_set_scope_shows_nothing(entries, as_web, left_out):
    with as_web(), connection.cursor() as cursor:
        cursor.execute("select set_config(%s, '', true)", [left_out])
        assert _seen() == []


def test_several_places_without_their_pattern_show_nothing(entries, as_web):
    with as_web(Scope((VILLAGE, OTHER), ALL, "test")), connection.cursor() as cursor:
        assert _seen() == [VILLAGE, OTHER]
        cursor.execute("select set_config('app.pattern', '', true)")
        assert _seen() == []


def test_insert_outside_the_scope_is_refused(as_web, scope_of):
    with pytest.raises(UsageError, match="outside your scope"), as_web(scope_of(OTHER)):
        _write(VILLAGE)


def test_another_name_than_the_actor_is_refused(as_web):
    with pytest.raises(UsageError, match="outside your scope"), as_web(by="clerk"):
        _write(by="head")


def test_a_read_only_scope_cannot_write(as_web, scope_of):
    with pytest.raises(UsageError, match="only read"), as_web(scope_of(read_only=True)):
        _write()


def test_a_scope_inside_a_transaction_is_refused(as_web):
    with as_web(), pytest.raises(RuntimeError, match="durable"), as_web():
        pass


def test_somebody_must_act(as_web):
    with pytest.raises(ValueError, match="actor"), as_web(by=""):
        pass


def test_the_owner_is_held_too(entries, db_owner):
    with db_owner.cursor() as cursor:
        cursor.execute("select count(*) from journal_entry")
        assert cursor.fetchall() == [(0,)]


FORBIDDEN = (
    "update journal_entry set subject = 'x'",
    "delete from journal_entry",
    "truncate journal_entry",
    "alter table journal_entry disable row level security",
    "alter table journal_entry disable trigger all",
    "drop policy scope on journal_entry",
    "create table mine (a int)",
    "create role me",
    "set role bangfu_owner",
    "set session authorization bangfu_owner",
    (
        "insert into places_placehistory (pgh_created_at, pgh_label, code, name, level, parent,"
        " successor) values (now(), 'insert', '420527000000', 'x', 3, '', '')"
    ),
    "update accounts_role set classes = '{persons}'",
    "copy journal_entry to program 'true'",
)


def test_what_the_web_role_may_not_do(entries, connect):
    for statement in FORBIDDEN:
        with connect(roles.WEB) as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(
                "select set_config('app.lo', '0', true), set_config('app.hi', ':', true),"
                " set_config('app.actor', 'thief', true)"
            )
            web.execute(statement)


def test_the_public_role_reads_nothing(entries, connect):
    with connect(roles.PUBLIC) as public:
        tables = public.execute(
            "select tablename from pg_tables where schemaname = 'public'"
            " and has_table_privilege(format('%I.%I', schemaname, tablename), 'select')"
        ).fetchall()
    assert tables == []


def test_the_journal_refuses_even_its_owner(entries, connect):
    for statement in (
        "update journal_entry set subject = 'x'",
        "delete from journal_entry",
        "truncate journal_entry",
    ):
        with connect(roles.OWNER) as owner, pytest.raises(psycopg.errors.RaiseException):
            owner.execute("select set_config('app.lo', '0', true), set_config('app.hi', ':', true)")
            owner.execute(statement)


def test_the_scope_uses_the_index(entries, as_web, scope_of):
    with as_web(scope_of(VILLAGE)), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain select * from journal_entry where at > '2020-01-01'")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "journal_entry_place_at" in plan
    assert "Index Cond: (((place_code)::text >=" in plan


def test_a_lost_server_is_said_so(as_web, connect):
    with pytest.raises(UsageError, match="connection to the database broke"), as_web():
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            [(pid,)] = cursor.fetchall()
        with connect("postgres", autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s)", [pid])
        _write()
