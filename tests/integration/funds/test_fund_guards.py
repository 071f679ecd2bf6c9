"""What the database itself refuses, whoever asks: attacks in plain SQL."""

from datetime import date

import funds_sql
import psycopg
import pytest
from funds_factories import COUNTY, OTHER, make_lines, make_projects
from funds_sql import add_entries, add_posting

from bangfu.books.funds import actions
from bangfu.books.funds.booking import post
from bangfu.books.walls.roles import OWNER, WEB
from bangfu.core.ledger.postings import move
from bangfu.core.ledger.stages import BOOKS, Book, Kind, Stage, may_move

DAY = date(2026, 3, 2)


def test_the_database_knows_the_same_moves_and_books_as_core(sql):
    connection = sql()
    for kind in Kind:
        for stage in Stage:
            for fen in (5, -5):
                for red in (False, True):
                    [there] = connection.execute(
                        "select funds_may_move(%s, %s, %s, %s)", [kind, stage, fen, red]
                    ).fetchone()
                    assert there == may_move(kind, stage, fen, red=red), (kind, stage, fen, red)
    for stage in Stage:
        [cash] = connection.execute("select funds_is_cash(%s)", [stage]).fetchone()
        assert cash == (BOOKS[stage] is Book.CASH), stage


def test_an_unbalanced_posting_is_refused_at_commit(county, sql):
    connection = sql()
    add_entries(
        connection, add_posting(connection), ("A", "source", None, -5), ("A", "announced", None, 6)
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="off by 1 fen"):
        connection.commit()
    assert connection.execute("select count(*) from funds_entry").fetchone() == (0,)


def test_lines_do_not_balance_one_another(county, sql):
    connection = sql()
    add_entries(
        connection, add_posting(connection), ("A", "source", None, -5), ("B", "announced", None, 5)
    )
    with pytest.raises(psycopg.errors.CheckViolation, match="off by"):
        connection.commit()


def test_an_empty_posting_is_refused_at_commit(county, sql):
    connection = sql()
    add_posting(connection)
    with pytest.raises(psycopg.errors.CheckViolation, match="has no entries"):
        connection.commit()


def test_a_checked_posting_takes_no_more_entries(county, sql):
    """Checking early and adding afterwards would slip past the check at commit."""
    connection = sql()
    posting = add_posting(connection)
    add_entries(connection, posting, ("A", "source", None, -5), ("A", "announced", None, 5))
    connection.execute("set constraints all immediate")
    with pytest.raises(psycopg.errors.CheckViolation, match="in one statement"):
        add_entries(connection, posting, ("B", "announced", None, 5), start=3)


def test_a_committed_posting_takes_no_more_entries(announced, sql):
    announced(A=1)
    connection = sql()
    with pytest.raises(psycopg.errors.CheckViolation, match="in one statement"):
        add_entries(connection, 1, ("A", "source", None, -5), ("A", "announced", None, 5), start=3)


def test_a_statement_brings_the_entries_of_one_posting(county, sql):
    connection = sql()
    first, second = add_posting(connection), add_posting(connection)
    ids = funds_sql.lines(connection)
    legs = [
        (posting, position, COUNTY, ids["A"], stage, fen)
        for posting in (first, second)
        for position, (stage, fen) in enumerate((("source", -5), ("announced", 5)), start=1)
    ]
    with pytest.raises(psycopg.errors.CheckViolation, match="of one posting are a statement"):
        connection.execute(
            "insert into funds_entry (posting_id, position, place_code, line_id, stage, fen) values "
            + ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(legs)),
            [value for leg in legs for value in leg],
        )


def test_accounts_that_are_there_and_new_ones_are_booked_together(announced, sql):
    """A's accounts are there and get two legs each, B's are opened by the same statement."""
    announced(A=7)
    connection = sql()
    legs = [("A", "source", -3), ("A", "announced", 3), ("B", "source", -4), ("B", "announced", 4)]
    doubled = [(line, stage, None, fen) for line, stage, fen in legs + legs]
    add_entries(connection, add_posting(connection), *doubled)
    connection.commit()
    rows = connection.execute(
        "select l.number, b.stage, b.amount from funds_balance b join funds_fundline l"
        " on l.id = b.line_id where l.number in ('A', 'B') order by 1, 2"
    ).fetchall()
    assert rows == [
        ("A", "announced", 706), ("A", "source", -706), ("B", "announced", 8), ("B", "source", -8),
    ]  # fmt: skip


def test_a_posting_reads_what_it_names_and_not_the_ledger(county, as_web, sql):
    """Also after a large one: what was planned for many legs once read every posting of the county."""
    many = [f"M{at:03d}" for at in range(200)]
    with as_web():
        make_lines(*many)
        legs = [leg for line in many for leg in move(line, Stage.SOURCE, Stage.ANNOUNCED, 1)]
        for _ in range(30):
            post(by="tester", place_code=COUNTY, kind=Kind.ANNOUNCE, day=DAY, entries=legs)
    connection = sql()
    connection.execute("analyze funds_posting, funds_link, funds_balance, funds_entry")
    connection.commit()

    def add(lines):
        legs = [(line, stage, None, fen) for line in lines
                for stage, fen in (("source", -1), ("announced", 1))]  # fmt: skip
        add_entries(connection, add_posting(connection), *legs)

    add(many)
    reads = (
        "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_xact_user_tables"
        " where relname in ('funds_posting', 'funds_link', 'funds_balance', 'funds_entry')"
    )
    [before] = connection.execute(reads).fetchone()
    add(["A"])
    [after] = connection.execute(reads).fetchone()
    assert after - before < 30, "of 6,000 links, 400 balances and 30 postings"


@pytest.mark.parametrize(
    "kind, legs",
    [
        ("allocate", [("A", "pledged", None, -5), ("A", "allocated", 1, 5)]),
        ("announce", [("A", "announced", None, -5), ("A", "source", None, 5)]),
        ("pledge", [("A", "treasury", None, -5), ("A", "received", None, 5)]),
        ("announce", [("A", "source", None, -5), ("A", "paid", 1, 5)]),
    ],
)
def test_a_kind_moves_its_own_stages_only(announced, approved, sql, kind, legs):
    announced(A=1)
    plan = approved(("A", "P1", 1)) if kind == "allocate" else None
    connection = sql()
    posting = add_posting(connection, kind=kind, plan_id=plan and plan.pk)
    with pytest.raises(psycopg.errors.CheckViolation, match="cannot move"):
        add_entries(connection, posting, *legs)


def test_an_allocation_needs_its_plan(announced, sql):
    announced(A=1)
    with pytest.raises(psycopg.errors.CheckViolation, match="allocates_plan"):
        add_posting(sql(), kind="allocate")


def test_a_withdrawn_plan_is_not_posted(announced, approved, as_web, sql):
    announced(A=100)
    plan = approved(("A", "P1", 60))
    with as_web():
        actions.withdraw_plan(by="tester", plan=plan, reason="重做")
    connection = sql()
    posting = add_posting(connection, kind="allocate", plan_id=plan.pk)
    add_entries(connection, posting, ("A", "announced", None, -6000), ("A", "allocated", 1, 6000))
    with pytest.raises(psycopg.errors.CheckViolation, match="whole and approved"):
        connection.commit()


@pytest.mark.parametrize("status", ["approved", "posted"])
def test_a_plan_is_posted_whole_or_refused(announced, approved, sql, status):
    announced(A=100)
    plan = approved(("A", "P1", 60), ("A", "P2", 30))
    connection = sql()
    connection.execute("update funds_plan set status = %s where status <> %s", [status, status])
    posting = add_posting(connection, kind="allocate", plan_id=plan.pk)
    legs = [("A", "announced", None, -6000), ("A", "allocated", 1, 6000)]
    if status == "approved":
        legs = [
            ("A", "announced", None, -9000),
            ("A", "allocated", 1, 6000),
            ("A", "allocated", 2, 3000),
        ]
    add_entries(connection, posting, *legs)
    with pytest.raises(psycopg.errors.CheckViolation, match="whole and approved"):
        connection.commit()


def test_a_plan_is_posted_once_whatever_the_program_does(announced, approved, as_web, sql):
    announced(A=100)
    plan = approved(("A", "P1", 60))
    with as_web():
        actions.post_plan(by="tester", plan=plan, day=DAY)
    with pytest.raises(psycopg.errors.UniqueViolation, match="funds_posting_plan_once"):
        add_posting(sql(), kind="allocate", plan_id=plan.pk)


def test_a_plan_cannot_be_called_posted_without_its_posting(announced, approved, sql):
    announced(A=100)
    approved(("A", "P1", 60))
    connection = sql()
    connection.execute("update funds_plan set status = 'posted'")
    with pytest.raises(psycopg.errors.CheckViolation, match="do not agree"):
        connection.commit()


@pytest.mark.parametrize("change", ["status = 'proposed'", "title = '别的'", "year = 2027"])
def test_an_approved_plan_stays_as_it_is(announced, approved, sql, change):
    approved(("A", "P1", 60))
    with pytest.raises(psycopg.errors.RaiseException):
        sql().execute(f"update funds_plan set {change}")


def test_an_approved_plan_takes_no_more_pieces(county, approved, sql):
    approved(("A", "P1", 60))
    connection = sql()
    with pytest.raises(psycopg.errors.CheckViolation, match="only while it is being drawn up"):
        connection.execute(
            "insert into funds_planitem (plan_id, line_id, project_id, place_code, fen)"
            " select 1, 2, id, place_code, 5 from projects_project where number = 'P2'"
        )


def test_a_reversal_mirrors_exactly(announced, sql):
    announced(A=100)
    connection = sql()
    posting = add_posting(connection, reverses_id=1)
    add_entries(connection, posting, ("A", "announced", None, -9999), ("A", "source", None, 9999))
    with pytest.raises(psycopg.errors.CheckViolation, match="does not mirror"):
        connection.commit()


def test_numbers_grow_along_a_line(announced, sql):
    announced(A=1)
    connection = sql()
    connection.execute(
        "insert into funds_posting (id, place_code, kind, day, key, memo)"
        " values (-7, %s, 'announce', %s, '', '')",
        [COUNTY, DAY],
    )
    with pytest.raises(psycopg.errors.SerializationFailure, match="funds_open"):
        add_entries(connection, -7, ("A", "source", None, -5), ("A", "announced", None, 5))


LEDGER = ["posting", "entry", "link", "monthseal", "sealedhead", "document", "planitem"]


@pytest.fixture
def filled(announced, approved, as_web):
    """A row in every table of the ledger."""
    announced(A=100)
    plan = approved(("A", "P1", 60))
    with as_web():
        actions.record_document(by="tester", place_code=COUNTY, number="文1", issued_on=DAY)
        actions.post_plan(by="tester", plan=plan, day=DAY)
        actions.seal_month(by="tester", place_code=COUNTY, month=202603, today=date(2026, 4, 1))


@pytest.mark.parametrize("user", [WEB, OWNER])
def test_rows_of_the_ledger_are_neither_changed_nor_deleted(filled, sql, user):
    """The web role lacks the right; the owner, who has it, meets the trigger."""
    refusal = psycopg.errors.InsufficientPrivilege if user == WEB else psycopg.errors.RaiseException
    connection = sql(user)
    for table in LEDGER:
        for statement in (
            f"update funds_{table} set place_code = place_code",
            f"delete from funds_{table}",
        ):
            with pytest.raises(refusal), connection.transaction():
                connection.execute(statement)
        with (
            pytest.raises((refusal, psycopg.errors.FeatureNotSupported)),
            connection.transaction(),
        ):
            connection.execute(f"truncate funds_{table}")
    with pytest.raises(refusal), connection.transaction():
        connection.execute("truncate funds_posting cascade")


def test_the_web_role_only_reads_what_the_database_writes(filled, sql):
    connection = sql()
    for table in ("balance", "head", "link", "sealedhead"):
        assert connection.execute(f"select count(*) from funds_{table}").fetchone() != (0,)
        for statement in (
            f"insert into funds_{table} (place_code) values ('{COUNTY}')",
            f"update funds_{table} set place_code = place_code",
            f"delete from funds_{table}",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                connection.transaction(),
            ):
                connection.execute(statement)


def test_nobody_posts_under_another_name(county, sql):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="by_actor"):
        add_posting(sql(), actor="somebody else")


def test_numbers_of_lines_and_projects_stay(county, sql):
    connection = sql()
    for statement in (
        "update funds_fundline set number = number || 'x'",
        "update projects_project set number = number || 'x'",
        "update projects_project set place_code = '420527101299'",
    ):
        with pytest.raises(psycopg.errors.RaiseException), connection.transaction():
            connection.execute(statement)


def test_entries_lie_where_their_line_posting_and_project_lie(announced, as_web, scope_of, sql):
    announced(A=1)
    with as_web(scope_of(OTHER)):
        make_lines("X", place_code=OTHER)
        make_projects("Q", county="420528")
    connection = sql()
    [project] = connection.execute("select id from projects_project where number = 'Q'").fetchone()
    for posting_place, legs in (
        (COUNTY, [("X", "source", None, -5), ("X", "announced", None, 5)]),
        (OTHER, [("A", "source", None, -5), ("A", "announced", None, 5)]),
        (COUNTY, [("A", "source", None, -5), ("A", "allocated", project, 5)]),
    ):
        with (
            pytest.raises((psycopg.errors.ForeignKeyViolation, psycopg.errors.CheckViolation)),
            connection.transaction(),
        ):
            add_entries(connection, add_posting(connection, place=posting_place), *legs)


def test_what_entries_name_cannot_go_away(filled, sql):
    """Entries have no foreign keys of their own; those of balances and heads hold for them."""
    connection = sql(OWNER)
    for table in ("funds_fundline", "projects_project", "funds_plan"):
        with pytest.raises(psycopg.errors.ForeignKeyViolation), connection.transaction():
            connection.execute(f"delete from {table}")
