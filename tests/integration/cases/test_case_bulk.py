"""Many cases in one act: whole or not at all, also when the server dies in the middle."""

from __future__ import annotations

import pytest
from case_factories import household
from django.db import connection

from bangfu.books.cases import actions
from bangfu.books.cases.models import Case, State, StepRecord
from bangfu.books.households.models import Household
from bangfu.books.journal.models import Entry
from bangfu.core.errors import ConflictError, InputError

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

    written = carrying._round

    def dying(group, at):
        written(group, at)
        with connection.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            [(process,)] = cursor.fetchall()
        with server.connect() as admin:
            admin.execute("select pg_terminate_backend(%s)", [process])

    monkeypatch.setattr(carrying, "_round", dying)
    with pytest.raises(UserError):
        _in_bulk(walk, "reviewer", due)
    connection.close()
    monkeypatch.setattr(carrying, "_round", written)
    with as_web():
        assert StepRecord.objects.filter(step="township").count() == 0
        assert dict(Case.objects.values_list("pk", "version")) == due
        assert not Entry.objects.filter(verb="cases.check").exists()
    assert _in_bulk(walk, "reviewer", due) == COUNT
