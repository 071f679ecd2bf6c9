"""Who may act: nobody approves the own submission, and of two at once one is told."""

from __future__ import annotations

import threading

import psycopg
import pytest
from case_factories import household
from django.db import IntegrityError, connection

from bangfu.books.accounts.actors import actor_of
from bangfu.books.cases import actions
from bangfu.books.cases.models import Case, Round, State, StepRecord
from bangfu.books.cases.standing import Given
from bangfu.core.errors import ConflictError, ForbiddenError, InputError, NotFoundError


def test_two_accounts_of_one_person_count_as_one(walk, operator_of):
    operator_of("township_reviewer", "420527101000", username="twin", id_number="id-clerk")
    walk.officials["twin"] = actor_of("twin", on=walk.today)
    case = walk.until(walk.open(), "township")
    walk.wait(case)
    with pytest.raises(InputError) as refused:
        walk.step(case, "twin")
    assert "另一人" in refused.value.problems[0].text.zh


def test_who_checked_does_not_decide(walk, operator_of):
    operator_of("county_approver", "420527000000", username="both", id_number="id-reviewer")
    walk.officials["both"] = actor_of("both", on=walk.today)
    case = walk.until(walk.open(), "county")
    with pytest.raises(InputError):
        walk.step(case, "both")


@pytest.mark.parametrize(
    "column",
    [
        "checked_by = 'clerk'",
        "decided_by = 'clerk'",
        "decided_by = 'reviewer'",
        "checked_token = entered_tokens[1]",
        "decided_token = entered_tokens[1]",
        "decided_token = checked_token",
    ],
)
def test_the_database_itself_refuses_one_person_twice(walk, as_web, column):
    walk.until(walk.open(), "county")
    with pytest.raises(IntegrityError, match="cases_round_"), as_web(), connection.cursor() as raw:
        raw.execute(f"update cases_round set {column}")


def test_a_return_opens_a_new_round_and_takes_the_notice_down(walk, as_web):
    case = walk.until(walk.open(), "township")
    chosen = {case.pk: case.version}
    with pytest.raises(InputError):
        walk.call(actions.return_to, "reviewer", chosen=chosen, step="verify", reason=" ")
    with pytest.raises(ForbiddenError):
        walk.call(actions.return_to, "clerk", chosen=chosen, step="verify", reason="补材料")
    walk.call(actions.return_to, "reviewer", chosen=chosen, step="assembly", reason="补会议记录")
    with as_web():
        case = Case.objects.get()
        assert (case.step, case.round_no, case.notice) == ("assembly", 2, "")
        first, second = Round.objects.order_by("number")
        assert (first.returned_by, first.returned_to) == ("reviewer", "assembly")
        # Who made the home check still stands behind the case.
        assert second.entered_by == ["clerk"]
    case = walk.until(case, "")
    assert case.state == State.DONE
    with as_web():
        assert StepRecord.objects.filter(step="assembly").count() == 2


def test_withdrawn_and_opened_again(walk):
    case = walk.open()
    with pytest.raises(ConflictError):
        walk.open()
    walk.call(actions.withdraw, "clerk", case_id=case.pk, version=case.version, reason="填错")
    assert walk.open().pk != case.pk


def test_what_has_taken_effect_is_neither_withdrawn_nor_merged(walk, as_web):
    with as_web():
        household("4205270000000002")
    other = walk.open(household_no="4205270000000002")
    case = walk.until(walk.open(), "measures")
    told = {"version": case.version, "reason": "填错"}
    with pytest.raises(ConflictError, match="已经生效"):
        walk.call(actions.withdraw, "clerk", case_id=case.pk, **told)
    with pytest.raises(ConflictError, match="已经生效"):
        walk.call(actions.merge_duplicates, "reviewer", keep=other.pk, duplicate=case.pk, **told)
    with as_web():
        assert Case.objects.get(pk=case.pk).state == State.OPEN
    assert walk.until(case, "").state == State.DONE


def test_merged_into_another(walk, as_web):
    first = walk.open()
    with as_web():
        household("4205270000000002")
    second = walk.open(household_no="4205270000000002")
    with pytest.raises(ForbiddenError):
        walk.call(actions.merge_duplicates, "clerk", keep=first.pk, duplicate=second.pk, version=second.version, reason="同一户")  # fmt: skip
    walk.call(actions.merge_duplicates, "reviewer", keep=first.pk, duplicate=second.pk, version=second.version, reason="同一户")  # fmt: skip
    with as_web():
        merged = Case.objects.get(pk=second.pk)
        assert (merged.state, merged.merged_into_id) == (State.MERGED, first.pk)


def test_one_open_case_of_a_kind_is_the_databases_rule(walk, as_web):
    case = walk.open()
    with pytest.raises(IntegrityError, match="one_of_household"), as_web():
        Case.objects.create(
            kind=case.kind,
            procedure=case.procedure,
            place_code=case.place_code,
            household_id=case.household_id,
            opened_on=case.opened_on,
            opened_by="x",
            step="verify",
            level=5,
            since=case.since,
        )


def test_a_record_is_written_once(walk, as_web, connect):
    walk.open()
    with connect() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("update cases_steprecord set actor = 'x'")
    with connect() as raw, pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw.execute("delete from cases_answer")


def test_of_two_reviewers_at_once_one_is_told_what_happened(walk, operator_of, django_db_blocker):
    operator_of("township_reviewer", "420527101000", username="second", id_number="id-second")
    walk.officials["second"] = actor_of("second", on=walk.today)
    case = walk.until(walk.open(), "township")
    walk.wait(case)
    start = threading.Barrier(2, timeout=30)
    told: dict[str, BaseException | None] = {}

    def act(who: str) -> None:
        with django_db_blocker.unblock():
            try:
                start.wait()
                walk.step(case, who)
                told[who] = None
            except ConflictError as refused:
                told[who] = refused
            finally:
                connection.close()

    threads = [threading.Thread(target=act, args=(who,)) for who in ("reviewer", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    [(loser, refused)] = [(who, fault) for who, fault in told.items() if fault is not None]
    [winner] = [who for who in told if who != loser]
    assert winner in refused.text.zh
    assert "审核" in refused.text.zh
    assert refused.text.zh.count("没有写入") == 1


def test_a_case_of_another_village_is_not_there(walk, operator_of, as_web):
    case = walk.open()
    operator_of("village_clerk", "420527102201", username="away")
    walk.officials["away"] = actor_of("away", on=walk.today)
    with pytest.raises(NotFoundError):
        walk.step(case, "away", given=Given())
