"""The public role under attack: open rows and one function, and nothing else, whatever it sets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from bangfu.books.notices import actions
from bangfu.books.notices.models import Notice, Objection, Row
from bangfu.books.publishing.models import ROWS, Publication
from bangfu.books.walls import roles
from bangfu.books.walls.guarded import token

FUNCTION = "select outcome, receipt from notices_objection(null, %s, %s, null, null, %s, %s)"
READS = {
    (model._meta.db_table, column)
    for model in (Notice, Row, Publication, *ROWS)
    for column in model.public_reads
}


@pytest.fixture
def public(connect):
    with connect(roles.PUBLIC, autocommit=True) as connection:
        yield connection


def _file(connection, notice, source="a", submission="1", grounds="异议"):
    with connection.transaction():
        connection.execute("select set_config('app.request', 'test', true)")
        row = connection.execute(
            FUNCTION, [notice.pk, grounds, token(source), submission]
        ).fetchone()
    return row


def _age(connect, hours):
    """Let every objection have been filed some hours earlier."""
    with connect("postgres", autocommit=True) as admin:
        admin.execute("alter table notices_objection disable trigger user")
        admin.execute(
            "update notices_objection set filed_at = filed_at - make_interval(hours => %s)", [hours]
        )
        admin.execute("alter table notices_objection enable trigger user")


def test_it_may_select_these_columns_and_write_none(public, places_known):
    columns = public.execute(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')"
        " and a.attnum > 0 and not a.attisdropped"
        " and has_column_privilege(c.oid, a.attnum, 'select')"
    ).fetchall()
    assert set(columns) == READS
    writable = public.execute(
        "select c.relname, p from pg_class c,"
        " unnest(array['insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')"
        " and (has_table_privilege(c.oid, p) or p in ('insert', 'update', 'references')"
        "      and has_any_column_privilege(c.oid, p))"
    ).fetchall()
    assert writable == []
    sequences = public.execute(
        "select relname from pg_class where case when relkind = 'S'"
        " then has_sequence_privilege(oid, 'usage, select, update') else false end"
    ).fetchall()
    assert sequences == []


def test_it_may_call_these_functions(public, places_known):
    callable_ = public.execute(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace"
        " and prorettype <> 'trigger'::regtype and has_function_privilege(oid, 'execute')"
        # What an index of an extension compares with reads no row.
        " and not exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')"
    ).fetchall()
    assert {name for (name,) in callable_} == {
        "notices_objection",
        # Grievances: names of places, one filed, one asked about, one appealed.
        "grievances_places",
        "grievances_file",
        "grievances_ask",
        "grievances_appeal",
    }
    others = public.execute(
        "select nspname from pg_namespace where has_schema_privilege(oid, 'create')"
        " or nspname not in ('public', 'pg_catalog', 'information_schema', 'pg_toast')"
        " and nspname not like 'pg_%temp%' and has_schema_privilege(oid, 'usage')"
    ).fetchall()
    assert others == []


@pytest.mark.parametrize(
    ("days", "seen"), [((0, 0), 1), ((0, 4), 1), ((-4, 0), 1), ((-9, -1), 0), ((1, 5), 0)]
)
def test_it_sees_what_is_open_on_the_day_of_its_transaction(publish, public, days, seen):
    publish(days)
    assert len(public.execute("select id from notices_notice").fetchall()) == seen
    assert len(public.execute("select id from notices_row").fetchall()) == 2 * seen


def test_it_sees_nothing_withdrawn(publish, public, as_web, now):
    notice = publish()
    with as_web():
        actions.withdraw(by="tester", notice=notice, reason="写错", now=now)
    assert public.execute("select id from notices_notice").fetchall() == []
    assert public.execute("select id from notices_row").fetchall() == []


def test_no_setting_of_its_own_opens_more(publish, public):
    publish((-9, -1))
    publish((1, 5), subject="case 2")
    for name, value in (
        ("app.lo", "0"),
        ("app.hi", ":"),
        ("app.classes", "persons,money,sums"),
        ("app.actor", "keeper"),
        ("app.purpose", "notice"),
        ("timezone", "Pacific/Kiritimati"),
        ("row_security", "off"),
    ):
        public.execute("select set_config(%s, %s, false)", [name, value])
        if name == "row_security":
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                public.execute("select id from notices_row")
        else:
            assert public.execute("select id from notices_notice").fetchall() == []
            assert public.execute("select id from notices_row").fetchall() == []


@pytest.mark.parametrize(
    "statement",
    [
        "select * from notices_notice",
        "select subject from notices_notice",
        "select published_by from notices_notice",
        "select 1 from notices_objection",
        "select 1 from notices_noticehistory",
        "select 1 from places_place",
        "select 1 from households_household",
        "insert into notices_row (position) values (9)",
        "update notices_notice set closes_on = '2099-01-01'",
        "delete from notices_row",
        "select notices_receipt()",
        "select nextval('notices_objection_id_seq')",
        "create temporary table t (a int)",
        "set role bangfu_web",
        "select pg_read_file('/etc/passwd')",
    ],
)
def test_what_it_may_not_do(publish, public, statement):
    publish()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        public.execute(statement)


def test_an_objection_is_filed_with_a_receipt_and_journaled(publish, public, as_web, connect):
    notice = publish()
    outcome, receipt = _file(public, notice)
    assert outcome == "filed"
    with as_web():
        kept = Objection.objects.get(receipt=receipt)
        assert (kept.channel, kept.entered_by, kept.place_code) == ("page", None, notice.place_code)
        assert kept.source_token == token("a")
    with connect("postgres") as admin:
        [journaled] = admin.execute(
            "select actor, place_code, subject, request from journal_entry"
            " where verb = 'notices.object'"
        ).fetchall()
        [past] = admin.execute("select actor, request from notices_objectionhistory").fetchall()
    assert journaled == ("public", notice.place_code, f"objection {kept.pk}", "test")
    assert past == ("public", "test")


def test_the_function_leaves_nothing_open_behind_it(publish, public):
    notice = publish()
    with public.transaction():
        public.execute("select set_config('app.request', 'test', true)")
        public.execute(FUNCTION, [notice.pk, "x", "a", "1"])
        with pytest.raises(psycopg.errors.InsufficientPrivilege), public.transaction():
            public.execute("select 1 from notices_objection")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), public.transaction():
            public.execute("select 1 from households_person")


@pytest.mark.parametrize("days", [(-9, -1), (1, 5)])
def test_no_objection_outside_the_days(publish, public, days):
    assert _file(public, publish(days)) == ("closed", None)


def test_sent_twice_is_filed_once(publish, public, as_web):
    notice = publish()
    first, second = _file(public, notice), _file(public, notice)
    assert first == second
    with as_web():
        assert Objection.objects.count() == 1


def test_sent_again_over_another_line_is_still_the_same(publish, public, as_web):
    notice, other = publish(), publish(subject="case 2")
    first = _file(public, notice, source="a")
    assert _file(public, notice, source="b") == first
    assert _file(public, other, source="a") != first
    with as_web():
        assert Objection.objects.count() == 2


def test_one_source_is_held_to_three_an_hour_on_a_notice(publish, public, connect):
    notice, other = publish(), publish(subject="case 2")
    outcomes = [_file(public, notice, submission=str(n))[0] for n in range(4)]
    assert outcomes == ["filed", "filed", "filed", "too_many"]
    assert _file(public, other, submission="other")[0] == "filed"
    assert _file(public, notice, source="b", submission="b")[0] == "filed"
    _age(connect, 2)
    assert _file(public, notice, submission="later")[0] == "filed"


def test_one_source_is_held_to_twenty_a_day(publish, public, connect):
    notices = [publish(subject=f"case {n}") for n in range(8)]
    outcomes = [
        _file(public, notice, submission=f"{notice.pk} {n}")[0]
        for notice in notices[:7]
        for n in range(3)
    ]
    assert outcomes == ["filed"] * 20 + ["too_many"]
    _age(connect, 2)
    assert _file(public, notices[7], submission="same day")[0] == "too_many"
    _age(connect, 23)
    assert _file(public, notices[7], submission="next day")[0] == "filed"


def test_one_notice_is_held_to_sixty_an_hour_and_three_hundred_a_day(publish, public, connect):
    notice = publish()

    def many(start, count):
        return [
            _file(public, notice, source=f"s{n}", submission=f"s{n}")[0]
            for n in range(start, start + count)
        ]

    assert many(0, 61) == ["filed"] * 60 + ["too_many"]
    for start in (100, 200, 300, 400):
        _age(connect, 2)
        assert set(many(start, 60)) == {"filed"}
    _age(connect, 2)
    assert many(500, 1) == ["too_many"]


def test_at_once_they_are_counted_too(publish, connect):
    notice = publish()

    def one(number):
        with connect(roles.PUBLIC, autocommit=True) as connection:
            return _file(connection, notice, submission=str(number))[0]

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(one, range(8)))
    assert outcomes == ["filed"] * 3 + ["too_many"] * 5


def test_a_receipt_tells_what_became_of_it(publish, public, as_web, now):
    notice = publish()
    _, receipt = _file(public, notice)
    ask = "select outcome, answer, upheld from notices_objection(%s, null, null, null, null, null, null)"
    assert public.execute(ask, [receipt]).fetchone() == ("waiting", None, None)
    assert public.execute(ask, ["2222-2222-2222"]).fetchone() == ("unknown", None, None)
    with as_web():
        actions.answer_objection(
            by="tester",
            objection=Objection.objects.get(receipt=receipt),
            answer="属实，已更正",
            upheld=True,
            now=now,
        )
    assert public.execute(ask, [receipt]).fetchone() == ("answered", "属实，已更正", True)


def test_receipts_are_random_and_well_formed(connect, places_known):
    with connect(roles.OWNER) as owner:
        drawn = [
            r for (r,) in owner.execute("select notices_receipt() from generate_series(1, 500)")
        ]
    assert len(set(drawn)) == 500
    assert all(len(r) == 14 and r[4] == r[9] == "-" for r in drawn)
    assert len({c for r in drawn for c in r}) == 33  # all 32 signs are in use, and the dash
