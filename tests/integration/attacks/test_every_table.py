"""Every table × every role: what is planted inside is seen as decided, what lies outside never."""

from __future__ import annotations

import tomllib
from pathlib import Path

import psycopg
import pytest
from attack_ground import OUTSIDE, VILLAGE
from psycopg import sql

from bangfu.books.walls import roles
from bangfu.books.walls.scope import DataClass
from bangfu.core import places

HERE = Path(__file__).parent
DECISIONS = {
    table: words
    for path in sorted((HERE.parent / "walls" / "decisions").glob("*.toml"))
    for table, words in tomllib.loads(path.read_text("utf-8")).items()
}
EXCEPTIONS = tomllib.loads((HERE / "rows.toml").read_text("utf-8"))
COLUMNS = """
select c.relname, a.attname, t.typname, t.typtype, t.typcategory, a.atttypmod,
  (select e.enumlabel from pg_enum e where e.enumtypid = t.oid order by e.enumsortorder limit 1)
from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
order by 1, a.attnum
"""
PLACE = 12 + 4  # the type modifier of varchar(12)


def value(column: tuple, place: str) -> object:
    """A value for a column: places name the row's place, keys are the place's own."""
    _, name, kind, sort, category, modifier, label = column
    number = int(place[:6])
    if name == "level":
        return 5  # of a village, as the place is
    if name == "household_no":
        return f"planted {place}"
    if kind == "varchar" and modifier == PLACE:
        return place
    if sort == "e":
        return label
    if category == "A":
        return "{}"
    if category == "N":
        return {"int2": number % 10_000, "numeric": number % 10}.get(kind, number)
    return {
        "bool": False,
        "date": "2026-01-01",
        "timestamptz": "2026-01-01",
        "timestamp": "2026-01-01",
        "bytea": b"planted",
        "jsonb": "{}",
        "interval": "1 day",
        "inet": "127.0.0.1",
        "uuid": f"00000000-0000-0000-0000-{place}",
    }.get(kind, f"planted {place}"[: modifier - 4 if modifier > 0 else None])


@pytest.fixture
def tables(attack, connect) -> dict[str, list[tuple]]:
    """The columns of every table, in each of which a row stands inside and one outside."""
    found: dict[str, list[tuple]] = {}
    with connect("postgres") as admin:
        for row in admin.execute(COLUMNS).fetchall():
            found.setdefault(row[0], []).append(row)
        # Rows that are nowhere near a rule of theirs: only the walls are under attack.
        admin.execute("set session_replication_role = replica")
        for table, name in admin.execute(
            "select conrelid::regclass::text, conname from pg_constraint"
            " where contype = 'c' and connamespace = 'public'::regnamespace"
        ).fetchall():
            admin.execute(f'alter table {table} drop constraint "{name}"')
        for table, columns in found.items():
            for place in (VILLAGE, OUTSIDE):
                admin.execute(
                    insert(table, columns) + " on conflict do nothing",
                    [value(column, place) for column in columns],
                )
    return found


def insert(table: str, columns: list[tuple]) -> str:
    names = ", ".join(f'"{column[1]}"' for column in columns)
    return f'insert into "{table}" ({names}) overriding system value values ({", ".join(["%s"] * len(columns))})'


def place_column(columns: list[tuple]) -> str | None:
    names = {column[1] for column in columns}
    return "place_code" if "place_code" in names else None


def decision(table: str) -> dict[str, str]:
    """The decision on a table; a history follows its table. KeyError: nobody has decided."""
    return DECISIONS[table if table in DECISIONS else table.removesuffix("history")]


def opened(web: psycopg.Connection, actor, *, writes: bool) -> None:
    """Set the widest scope an actor has, in the transaction that is open."""
    scope = actor.scope(actor.classes, purpose="attack", writes=writes)
    settings = {**scope.settings(), "app.actor": actor.username, "app.request": "attack"}
    for name, setting in settings.items():
        web.execute("select set_config(%s, %s, true)", [name, setting])


def test_rows_inside_are_seen_as_decided_and_outside_never(attack, tables, connect):
    for role, actor in attack.actors.items():
        with connect(roles.WEB) as web:
            opened(web, actor, writes=False)
            held = {str(each) for each in actor.classes}
            for table, columns in tables.items():
                words = decision(table)
                allowed = "select" in words["web"].split() or table not in DECISIONS
                if not allowed:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
                        web.execute(sql.SQL("select 1 from {}").format(sql.Identifier(table)))
                    continue
                if not words["wall"].startswith("place"):
                    continue
                seen = dict(
                    web.execute(f'select place_code, count(*) from "{table}" group by 1').fetchall()
                )
                inside = {c for c in seen if c.startswith("420527")}
                assert {c for c in seen if c.startswith("4206")} == set(), (role, table)
                if table in EXCEPTIONS:
                    expected = role in EXCEPTIONS[table].split()
                    planted = web.execute(
                        f'select count(*) from "{table}" where place_code = %s'
                        f' and "{_key(columns)}"::text like %s',
                        [VILLAGE, "planted%"],
                    ).fetchone()
                    assert (planted[0] > 0) is expected, (role, table)
                    continue
                asked = set(words["wall"].split()[1:]) - {"sample"}
                expected = not asked or bool(asked & held)
                if DataClass.SAMPLE in held and "sample" in words["wall"].split():
                    # The planted household is nobody's sample; the sampled one is seen.
                    assert VILLAGE in inside or table not in ("households_household",)
                    hidden = web.execute(
                        f'select count(*) from "{table}" where household_no like %s', ["planted%"]
                    ).fetchone()
                    assert hidden[0] == 0, (role, table)
                    continue
                assert (VILLAGE in inside) is expected, (role, table)


def _key(columns: list[tuple]) -> str:
    names = [column[1] for column in columns]
    return next(name for name in ("assessor_id", "household_no") if name in names)


# By the wall, or by a rule of the table's own that is asked before it.
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)


def test_no_role_writes_outside_its_places(attack, tables, connect):
    for role, actor in attack.actors.items():
        if not any(held.writes for held in actor.held):
            continue
        with connect(roles.WEB) as web:
            opened(web, actor, writes=True)
            for table, columns in tables.items():
                if not decision(table)["wall"].startswith("place"):
                    continue
                row = [value(column, "420626101299") for column in columns]
                with pytest.raises(REFUSED), web.transaction():
                    web.execute(insert(table, columns), row)
                for change in (
                    f'update "{table}" set place_code = place_code where place_code = %s',
                    f'delete from "{table}" where place_code = %s',
                ):
                    try:
                        with web.transaction():
                            assert web.execute(change, [OUTSIDE]).rowcount == 0, (role, table)
                    except psycopg.errors.InsufficientPrivilege:
                        continue


def test_without_a_scope_no_walled_row_is_seen(attack, tables, connect):
    with connect(roles.WEB) as web:
        for table in tables:
            words = decision(table)
            if words["wall"].split()[0] in ("place", "own") and "select" in words["web"].split():
                seen = web.execute(f'select count(*) from "{table}"').fetchone()
                assert seen == (0,), table


def test_every_role_of_the_books_attacks(attack):
    assert len(attack.actors) >= 12
    assert places.level(VILLAGE) is places.Level.VILLAGE
