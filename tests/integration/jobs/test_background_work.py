"""A task of the books, from the request to its end, run by a worker in this process."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection, connections

from bangfu.books.accounts.models import Grant
from bangfu.books.jobs import actions, kinds
from bangfu.books.jobs.kinds import Made, Result, Running, task_kind
from bangfu.books.jobs.models import Task, TaskFile
from bangfu.books.jobs.worker import work
from bangfu.books.journal.models import Entry
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.errors import ForbiddenError, InputError, UnavailableError
from bangfu.core.language import Text

COUNTY, TOWNSHIP, VILLAGE = "420527000000", "420527101000", "420527101200"
OTHER = "420527102201"
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
PERSONS = frozenset({DataClass.PERSONS})


@pytest.fixture
def handled(monkeypatch):
    """Register a handler for the length of a test: handled(function)."""
    monkeypatch.setattr(kinds, "_known", dict(kinds._known))
    return lambda handler: task_kind("test.kind", title=Text("试", "Try"))(handler)


@pytest.fixture
def requested(operator_of):
    """Ask for a task as the clerk of a village; gives the task's number."""
    operator_of("village_clerk", VILLAGE, username="clerk")

    def asked(**arguments) -> int:
        with within(Scope((VILLAGE,), PERSONS, "test"), by="clerk"):
            return actions.request(
                by="clerk",
                kind="test.kind",
                place_code=VILLAGE,
                arguments=arguments,
                purpose="test",
                classes=PERSONS,
                now=NOW,
            ).pk

    return asked


@pytest.fixture
def task_of():
    """The task as the keeper of the whole book sees it."""

    def seen(number: int, *, by: str = "clerk", place: str = VILLAGE) -> Task:
        with within(Scope((place,), PERSONS, "test"), by=by):
            return Task.objects.get(pk=number)

    return seen


def _work() -> None:
    work(lambda: NOW, wait=False)


def test_a_task_runs_in_its_requesters_scope_and_leaves_its_result(handled, requested, task_of):
    def handler(job: Running) -> Result:
        job.progress(1, 4, Text("正在做", "Working"))
        seen.append(_settings())
        seen.append(task_of_another_connection(job.task.pk))
        journal_of_the_work(job)
        return Result(Text("做完了", "Done"), "/there/", [Made("a.csv", b"x", "text/csv")])

    def task_of_another_connection(number: int) -> tuple[str, int, int, str]:
        other = connections["default"].copy("other")
        with other.cursor() as cursor:
            cursor.execute("begin")
            for name, value in (("lo", VILLAGE), ("hi", f"{VILLAGE}:"), ("actor", "clerk")):
                cursor.execute("select set_config(%s, %s, true)", [f"app.{name}", value])
            cursor.execute(
                "select state, done, total, message_zh from jobs_task where id = %s", [number]
            )
            [row] = cursor.fetchall()
        other.close()
        return row

    def journal_of_the_work(job: Running) -> None:
        Entry.objects.create(actor=job.by, place_code=job.place_code, verb="test.work", subject="x")

    seen: list[object] = []
    handled(handler)
    number = requested(batch=7)
    assert task_of(number).state == "waiting"
    _work()
    assert seen == [("clerk", VILLAGE, "persons"), ("running", 1, 4, "正在做")]
    task = task_of(number)
    assert (task.state, task.message, task.address) == (
        "done",
        Text("做完了", "Done"),
        "/there/",
    )
    assert (task.arguments, task.attempts, task.finished_at) == ({"batch": 7}, 1, NOW)
    with within(Scope((VILLAGE,), PERSONS, "test"), by="clerk"):
        [file] = TaskFile.objects.select_related("attachment").filter(task=number)
        assert file.attachment.name == "a.csv"
        [entry] = Entry.objects.filter(verb="test.work")
        assert entry.request == f"job {number}"


def _settings() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        names = ("actor", "lo", "classes")
        cursor.execute("select " + ", ".join(f"current_setting('app.{name}')" for name in names))
        [row] = cursor.fetchall()
    return row


def test_a_request_that_rolls_back_leaves_no_job(handled, requested, operator_of, database):
    handled(lambda job: Result(Text("", "")))
    operator_of("village_clerk", OTHER, username="other")
    with (
        pytest.raises(RuntimeError),
        within(Scope((OTHER,), PERSONS, "test"), by="other"),
    ):
        actions.request(
            by="other",
            kind="test.kind",
            place_code=OTHER,
            arguments={},
            purpose="test",
            classes=PERSONS,
            now=NOW,
        )
        raise RuntimeError
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs")
        assert cursor.fetchall() == [(0,)]


def test_nobody_asks_beyond_the_roles_held(handled, requested):
    handled(lambda job: Result(Text("", "")))
    for place, classes in ((COUNTY, PERSONS), (VILLAGE, frozenset({DataClass.MONEY}))):
        with (
            pytest.raises(ForbiddenError),
            within(Scope((COUNTY,), frozenset(DataClass), "test"), by="clerk"),
        ):
            actions.request(
                by="clerk",
                kind="test.kind",
                place_code=place,
                arguments={},
                purpose="test",
                classes=classes,
                now=NOW,
            )


def test_a_role_taken_away_in_the_meantime_stops_the_task(handled, requested, task_of):
    ran: list[int] = []

    def handler(job: Running) -> Result:
        ran.append(job.task.pk)
        return Result(Text("", ""))

    handled(handler)
    number = requested()
    with within(Scope((VILLAGE,), PERSONS, "test"), by="keeper"):
        Grant.objects.filter(operator_id="clerk").update(valid_to=date(2026, 11, 22))
    _work()
    assert ran == []
    task = task_of(number)
    assert task.state == "failed"
    assert "角色" in task.message_zh


@pytest.mark.parametrize(
    ("raised", "said"),
    [(InputError(Text("表错了", "Bad table")), "表错了"), (RuntimeError("x"), "程序出错")],
)
def test_what_the_work_raises_rolls_it_back_and_is_told(handled, requested, task_of, raised, said):
    def handler(job: Running) -> Result:
        Entry.objects.create(actor=job.by, place_code=job.place_code, verb="test.work", subject="x")
        raise raised

    handled(handler)
    number = requested()
    _work()
    task = task_of(number)
    assert task.state == "failed"
    assert said in task.message_zh
    with within(Scope((VILLAGE,), PERSONS, "test"), by="clerk"):
        assert not Entry.objects.filter(verb="test.work").exists()


def test_what_is_away_is_tried_again(handled, requested, task_of):
    def handler(job: Running) -> Result:
        if job.task.attempts == 1:
            raise UnavailableError(Text("磁盘满了", "The disk is full"))
        return Result(Text("好了", "Done"))

    handled(handler)
    number = requested()
    _work()
    task = task_of(number)
    assert (task.state, task.message_zh) == ("waiting", "磁盘满了")
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set scheduled_at = now()")
    _work()
    assert (task_of(number).state, task_of(number).attempts) == ("done", 2)


def test_a_task_that_has_ended_is_not_run_again(handled, requested, task_of):
    ran: list[int] = []

    def handler(job: Running) -> Result:
        ran.append(job.task.attempts)
        return Result(Text("", ""))

    handled(handler)
    number = requested()
    with connection.cursor() as cursor:
        # The same job once more: a worker died after the work had committed.
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args)"
            " select queue_name, task_name, args from procrastinate_jobs"
        )
    _work()
    assert ran == [1]
    assert task_of(number).state == "done"


def test_a_task_is_seen_by_its_requester_and_by_superiors_only(handled, requested, operator_of):
    handled(lambda job: Result(Text("", "")))
    number = requested()
    for by, place, sees in (
        ("clerk", VILLAGE, True),
        ("colleague", VILLAGE, False),
        ("township", TOWNSHIP, True),
        ("county", COUNTY, True),
        ("neighbour", OTHER, False),
    ):
        with within(Scope((place,), PERSONS, "test", read_only=True), by=by):
            assert Task.objects.filter(pk=number).exists() is sees, by
