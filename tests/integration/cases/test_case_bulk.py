"""Many cases in one act: whole or not at all, also when the server dies in the middle."""

from __future__ import annotations

import time

import pytest
from case_factories import household
from django.db import connection

from bangfu.books.cases import actions
from bangfu.books.cases.models import Case, State, StepRecord
from bangfu.books.households.models import Household
from bangfu.books.journal.models import Entry
from bangfu.core.errors import ConflictError, InputError, UnavailableError

COUNT = 6


@pytest.fixture
def due(walk, as_web):
    """Cases that wait for the township, their notices over."""
    with as_web():
        for number in range(2, COUNT + 1):
            household(f"420527000000{number:04d}")
    cases = [walk.open(household_no=f"420527000000{number:04d}") for number in range(1, COUNT + 1)]
    cases = [walk.until(case, "township") for case in cases]
    walk.wait(cases[-1])
    return {case.pk: case.version for case in cases}


def _in_bulk(walk, who, chosen, **more):
    return walk.call(
        actions.decide_in_bulk, who, chosen=chosen, **{"passes": True, "reason": "", **more}
    )


def test_all_pass_each_with_its_own_record_and_journal_row(walk, as_web, due):
    assert _in_bulk(walk, "reviewer", due) == COUNT
    with as_web():
        assert set(Case.objects.values_list("step", flat=True)) == {"county"}
        assert StepRecord.objects.filter(step="township").count() == COUNT
        rows = Entry.objects.filter(verb="cases.check")
        assert {row.subject for row in rows} == {f"case {number}" for number in due}
        chosen = dict(Case.objects.values_list("pk", "version"))
    assert _in_bulk(walk, "approver", chosen) == COUNT
    with as_web():
        assert Household.objects.filter(monitored_class="突发严重困难户").count() == COUNT
        assert Entry.objects.filter(verb="households.recognise").count() == COUNT


def test_one_that_moved_on_holds_all_back(walk, as_web, due):
    first = next(iter(due))
    with as_web():
        case = Case.objects.get(pk=first)
    walk.step(case, "head")
    with pytest.raises(ConflictError) as refused:
        _in_bulk(walk, "reviewer", due)
    assert "head" in refused.value.text.zh
    with as_web():
        assert StepRecord.objects.filter(step="township").count() == 1


def test_exceptions_are_all_named(walk, due):
    walk.today = min(walk.today, walk.today.replace(day=4))  # notices still run
    with pytest.raises(InputError) as refused:
        _in_bulk(walk, "reviewer", due)
    assert {problem.where for problem in refused.value.problems} == {str(case) for case in due}


def test_all_go_back(walk, as_web, due):
    done = walk.call(actions.return_to, "reviewer", chosen=due, step="verify", reason="重新核实")
    assert done == COUNT
    with as_web():
        assert set(Case.objects.values_list("step", "round_no")) == {("verify", 2)}


def test_a_rejection_needs_a_reason(walk, as_web, due):
    with pytest.raises(InputError):
        _in_bulk(walk, "reviewer", due, passes=False)
    _in_bulk(walk, "reviewer", due, passes=False, reason="材料不实")
    with as_web():
        assert set(Case.objects.values_list("state", flat=True)) == {State.REJECTED}


def test_a_connection_killed_in_the_middle_leaves_nothing(walk, as_web, due, server, monkeypatch):
    """The server's process of this transaction dies after the records were written."""
    from bangfu.books.cases import carrying
    from bangfu.core.errors import UserError

    written = carrying.write_round

    def dying(group, at):
        written(group, at)
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            [(process,)] = cursor.fetchall()
        with server.connect() as admin:
            admin.execute("select pg_terminate_backend(%s)", [process])

    monkeypatch.setattr(carrying, "write_round", dying)
    with pytest.raises(UserError):
        _in_bulk(walk, "reviewer", due)
    connection.close()
    monkeypatch.setattr(carrying, "write_round", written)
    with as_web():
        assert StepRecord.objects.filter(step="township").count() == 0
        assert dict(Case.objects.values_list("pk", "version")) == due
        assert not Entry.objects.filter(verb="cases.check").exists()
    assert _in_bulk(walk, "reviewer", due) == COUNT


def test_a_full_disk_of_the_database_leaves_nothing(walk, as_web, due, table_on_full_disk):
    """The last rows of the journal find no room, after the records were written."""
    disk = table_on_full_disk("journal_entry")
    reasons = {"passes": False, "reason": "材料不实，请重新核实。" * 60}
    with pytest.raises(UnavailableError, match="磁盘空间不足"):
        _in_bulk(walk, "reviewer", due, **reasons)
    with as_web():
        assert StepRecord.objects.filter(step="township").count() == 0
        assert dict(Case.objects.values_list("pk", "version")) == due
        assert not Entry.objects.filter(verb="cases.check").exists()
    disk.grow(8)
    assert _in_bulk(walk, "reviewer", due, **reasons) == COUNT


MANY = 5_000


def _multiply(case: Case) -> None:
    """The walked case, copied to MANY households: what stands behind it comes along."""
    copies = (
        (
            "insert into households_household (household_no, place_code)"
            " select '42052799' || lpad(n::text, 8, '0'), %(place)s from generate_series(1, %(many)s) n"
        ),
        (
            "insert into cases_case (kind, procedure, place_code, household_no, finding, opened_on,"
            " opened_by, state, step, level, since, due_on, round_no, version, notice,"
            " notice_closes_on, end_reason)"
            " select kind, procedure, place_code, '42052799' || lpad(n::text, 8, '0'), '', opened_on,"
            " opened_by, state, step, level, since, due_on, round_no, version, notice,"
            " notice_closes_on, '' from cases_case, generate_series(1, %(many)s) n where id = %(case)s"
        ),
        (
            "insert into cases_round (case_id, place_code, number, began_on, entered_by,"
            " entered_tokens, checked_by, checked_token, returned_to, return_reason)"
            " select c.id, r.place_code, r.number, r.began_on, r.entered_by, r.entered_tokens,"
            " r.checked_by, r.checked_token, '', '' from cases_round r, cases_case c"
            " where r.case_id = %(case)s and c.id <> %(case)s"
        ),
        (
            "insert into cases_steprecord (case_id, place_code, round_no, step, actor, actor_name,"
            ' person_token, at, "on", passes, reason, notice)'
            " select c.id, r.place_code, r.round_no, r.step, r.actor, r.actor_name, r.person_token,"
            ' r.at, r."on", r.passes, r.reason, r.notice from cases_steprecord r, cases_case c'
            " where r.case_id = %(case)s and c.id <> %(case)s"
        ),
        (
            "insert into cases_answer (record_id, place_code, field, text, number, day, flag, choices)"
            " select t.id, a.place_code, a.field, a.text, a.number, a.day, a.flag, a.choices"
            " from cases_answer a join cases_steprecord r on r.id = a.record_id"
            " join cases_steprecord t on t.step = r.step and t.case_id <> r.case_id"
            " where r.case_id = %(case)s"
        ),
    )
    with connection.cursor() as cursor:
        for copy in copies:
            cursor.execute(copy, {"place": case.place_code, "many": MANY, "case": case.pk})


@pytest.mark.hard
def test_five_thousand_are_decided_in_one_act(walk, as_web, capsys):
    case = walk.until(walk.open(), "county")
    with as_web():
        _multiply(case)
        chosen = dict(Case.objects.exclude(pk=case.pk).order_by("pk").values_list("pk", "version"))
    before = time.perf_counter()
    assert _in_bulk(walk, "approver", chosen) == MANY
    with capsys.disabled():
        print(f"\n{MANY} cases decided in {time.perf_counter() - before:.2f} s")
    with as_web():
        assert Case.objects.filter(step="measures").count() == MANY
        assert Entry.objects.filter(verb="cases.decide").count() == MANY
        assert Household.objects.filter(monitored_class="突发严重困难户").count() == MANY
