"""The pages of background work: whose it is, how far it is, what it left."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from bangfu.books.jobs import actions, bookkeeping, kinds
from bangfu.books.jobs.kinds import Made, Result, task_kind
from bangfu.books.jobs.worker import work
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.language import Text

pytestmark = pytest.mark.usefixtures("two_villages")
VILLAGE, OTHER, TOWNSHIP = "420527101200", "420527102201", "420527101000"
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


@pytest.fixture
def clerk(client_as, monkeypatch):
    """A village clerk's browser; tasks of the kind "test.kind" leave a file."""
    monkeypatch.setattr(kinds, "_known", dict(kinds._known))
    task_kind("test.kind", title=Text("试做", "A try"))(
        lambda job: Result(
            Text("做完了", "It is done"), "/households/", [Made("结果.csv", b"1,2", "text/csv")]
        )
    )
    return client_as("village_clerk", VILLAGE, username="clerk")


@pytest.fixture
def number(clerk) -> int:
    scope = Scope((VILLAGE,), frozenset({DataClass.PERSONS}), "test")
    with within(scope, by="clerk"):
        return actions.request(
            by="clerk",
            kind="test.kind",
            place_code=VILLAGE,
            arguments={},
            purpose="test",
            classes={DataClass.PERSONS},
            now=NOW,
        ).pk


def test_the_page_waits_says_that_no_worker_lives_then_shows_the_result(clerk, number):
    waiting = clerk.get(f"/jobs/{number}/").content.decode()
    assert "排队" in waiting
    assert "后台程序没有运行" in waiting
    assert f'hx-get="/jobs/{number}/state/"' in waiting
    bookkeeping.begin(number, by="clerk", place_code=VILLAGE, now=NOW)
    with bookkeeping.noting(number, by="clerk", place_code=VILLAGE) as task:
        task.done, task.total, task.message_zh = 30, 40, "正在读"
        task.save()
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now())")
    running = clerk.get(f"/jobs/{number}/state/").content.decode()
    assert 'value="75"' in running
    assert "正在读" in running
    assert "后台程序没有运行" not in running
    work(lambda: NOW, wait=False)
    done = clerk.get(f"/jobs/{number}/state/").content.decode()
    assert "hx-get" not in done
    assert "做完了" in done
    assert 'href="/households/"' in done
    file = clerk.get(f"/jobs/{number}/files/1/")
    assert (file.content, file["Content-Type"]) == (b"1,2", "text/csv")
    assert "attachment" in file["Content-Disposition"]


def test_a_task_is_not_there_for_a_colleague_or_another_village(clerk, number, client_as):
    work(lambda: NOW, wait=False)
    for role, place, name in (
        ("village_team", VILLAGE, "colleague"),
        ("village_clerk", OTHER, "neighbour"),
    ):
        other = client_as(role, place, username=name)
        unknown = other.get("/jobs/999999/")
        for address in ("", "state/", "files/1/"):
            answer = other.get(f"/jobs/{number}/{address}")
            assert answer.status_code == unknown.status_code == 404
        assert "试做" not in other.get("/jobs/?whose=all").content.decode()


def test_a_superior_sees_the_task_and_its_file_only_with_its_class(clerk, number, client_as):
    work(lambda: NOW, wait=False)
    township = client_as("township_reviewer", TOWNSHIP)
    assert township.get(f"/jobs/{number}/files/1/").content == b"1,2"
    assert "试做" in township.get("/jobs/?whose=all").content.decode()
    assert "试做" not in township.get("/jobs/").content.decode()
    finance = client_as("finance")
    assert finance.get(f"/jobs/{number}/").status_code == 200
    assert finance.get(f"/jobs/{number}/files/1/").status_code == 403


def test_nobody_reads_a_file_without_logging_in(number, client):
    assert client.get(f"/jobs/{number}/files/1/").status_code == 302


def test_my_tasks_in_both_languages(clerk, number):
    assert "试做" in clerk.get("/jobs/").content.decode()
    clerk.post("/language/", {"language": "en"})
    assert "A try" in clerk.get("/jobs/").content.decode()
