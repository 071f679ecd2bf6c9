"""Bad days as they come: PostgreSQL really stopped under the pages, and a disk that is really full.

The full disk is a small one in memory (`tests.lib.disks`): that of the uploads, or that of a table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import close_old_connections, connection
from tests.lib.disks import Disk, small_disk
from tests.lib.postgres import FAST

from bangfu.books.attachments import store
from bangfu.books.households.models import Happening, Person
from bangfu.books.intake.models import Batch
from bangfu.books.jobs.models import Task, TaskFile
from bangfu.books.jobs.worker import work
from bangfu.books.journal.models import Entry
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.errors import UnavailableError
from bangfu.core.places import NATION
from bangfu.site import embedded

pytestmark = pytest.mark.usefixtures("two_villages")
VILLAGE = "420527101200"
EVERYWHERE = Scope((NATION,), frozenset(DataClass), "test")
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
HOUSEHOLD = "/households/4205270000000001/"
BORN = {
    "kind": "birth",
    "sex": "女",
    "birth": "2026-10-30",
    "relation": "之女",
    "name": "甲新",
    "on": "2026-11-01",
    "document": "出生医学证明",
    "note": "",
}


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("bangfu.site.clock.now", lambda: NOW)


# The database.


@pytest.fixture
def stopped(server) -> Iterator[Callable[[], None]]:
    """Stops the server that the pages run on; whatever happens, it runs again after the test."""
    data = server.data
    yield lambda: embedded.stop(data)
    embedded.start(data, FAST)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_while_the_database_is_stopped_and_afterwards(client_as, server, stopped, language):
    clerk = client_as("village_clerk", VILLAGE)
    clerk.post("/language/", {"language": language})
    assert clerk.get(HOUSEHOLD).status_code == 200
    stopped()
    for attempt in range(2):  # over the connection that broke, then over none
        close_old_connections()
        for answer in (
            clerk.get(HOUSEHOLD),
            clerk.get("/tasks/"),
            clerk.post(f"{HOUSEHOLD}arrival/", BORN),
        ):
            assert answer.status_code == 503, attempt
            page = answer.content.decode()
            told = (
                ("数据库", "请过几分钟再试") if language == "zh-hans" else ("database", "Try again")
            )
            assert all(words in page for words in told)
            assert "Traceback" not in page
            assert "甲新" not in page
    embedded.start(server.data, FAST)
    close_old_connections()
    assert clerk.get(HOUSEHOLD).status_code == 200
    with within(EVERYWHERE, by="tester"):
        assert not Person.objects.filter(name="甲新").exists()
    assert clerk.post(f"{HOUSEHOLD}arrival/", BORN).status_code == 302
    with within(EVERYWHERE, by="tester"):
        assert Person.objects.filter(name="甲新").count() == 1


def test_an_act_that_the_database_stopped_in_leaves_nothing(
    client_as, server, stopped, monkeypatch
):
    """The person is written when the server goes; after its start only the whole act is there."""
    clerk = client_as("village_clerk", VILLAGE)
    write = Happening.objects.create

    def gone(**words: object) -> object:
        stopped()
        return write(**words)

    with monkeypatch.context() as away:
        away.setattr(Happening.objects, "create", gone)
        answer = clerk.post(f"{HOUSEHOLD}arrival/", BORN)
    assert answer.status_code in (422, 503)
    assert "没有写入任何内容" in answer.content.decode()
    embedded.start(server.data, FAST)
    close_old_connections()
    with within(EVERYWHERE, by="tester"):
        assert not Person.objects.filter(name="甲新").exists()
        assert not Happening.objects.exists()
        assert not Entry.objects.filter(verb="households.birth").exists()
    assert clerk.post(f"{HOUSEHOLD}arrival/", BORN).status_code == 302
    with within(EVERYWHERE, by="tester"):
        assert Happening.objects.count() == 1


# The disk.


@pytest.fixture
def disk(tmp_path) -> Iterator[Disk]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder) as made:
        yield made


def _roster(kilobytes: int) -> SimpleUploadedFile:
    line = "420527000000000100,甲虚构\n"
    rows = line * (kilobytes * 1024 // len(line.encode()))
    return SimpleUploadedFile("a.csv", f"户编号,姓名\n{rows}".encode())


def _send(clerk, kilobytes: int):
    sent = {"place_code": VILLAGE, "year": "2026", "files": _roster(kilobytes)}
    return clerk.post("/import/", sent)


def _is_full(answer) -> bool:
    return answer.status_code in (422, 503) and "磁盘空间不足" in answer.content.decode()


def test_an_upload_that_does_not_fit_is_not_kept(client_as, disk, settings):
    settings.UPLOADS = disk.folder
    clerk = client_as("village_clerk", VILLAGE)
    assert _is_full(_send(clerk, 1_500))
    assert disk.files() == []
    with within(EVERYWHERE, by="tester"):
        assert not Batch.objects.exists()
    disk.grow(8)
    assert _send(clerk, 1_500).status_code == 302
    with within(EVERYWHERE, by="tester"):
        assert Batch.objects.count() == 1


def test_an_upload_that_does_not_fit_while_it_comes_in(client_as, disk, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(disk.folder)
    clerk = client_as("village_clerk", VILLAGE)
    clerk.raise_request_exception = False
    assert _is_full(_send(clerk, 3_000))
    assert disk.files() == []
    with within(EVERYWHERE, by="tester"):
        assert not Batch.objects.exists()
    disk.grow(8)
    assert _send(clerk, 3_000).status_code == 302


def test_an_attachment_that_does_not_fit_leaves_the_others_whole(database, disk, settings):
    settings.UPLOADS = disk.folder
    kept = store.put(b"a" * 300_000)
    with pytest.raises(UnavailableError, match="磁盘空间不足"):
        store.put(os.urandom(1_500_000))
    assert len(disk.files()) == 1
    assert store.get(kept) == b"a" * 300_000
    disk.grow(8)
    assert store.put(b"b" * 1_500_000)


def test_a_book_that_does_not_fit_is_printed_when_there_is_room(client_as, disk, settings):
    settings.UPLOADS = disk.folder
    filler = disk.folder / "other"
    filler.write_bytes(b"x" * (2**20 - 8192))
    clerk = client_as("village_clerk", VILLAGE)
    assert clerk.post(f"/places/{VILLAGE}/records/", {"as": "pdf"}).status_code == 302
    work(lambda: NOW, wait=False)
    with within(EVERYWHERE, by="tester"):
        task = Task.objects.get()
        assert (task.state, TaskFile.objects.count()) == ("waiting", 0)
        assert "磁盘空间不足" in task.message_zh
    assert disk.files() == [filler]
    filler.unlink()
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_jobs set scheduled_at = now()")
    work(lambda: NOW, wait=False)
    with within(EVERYWHERE, by="tester"):
        assert Task.objects.get().state == "done"
        assert TaskFile.objects.count() == 1


# The database's own disk.


def test_an_act_that_the_database_has_no_room_for_leaves_nothing(client_as, table_on_full_disk):
    """The birth's journal of happenings has no room, after the person was written."""
    clerk = client_as("village_clerk", VILLAGE)
    disk = table_on_full_disk("households_happening")
    assert clerk.get(HOUSEHOLD).status_code == 200, "what is there is still read"
    answer = clerk.post(f"{HOUSEHOLD}arrival/", BORN)
    assert _is_full(answer)
    assert "没有写入任何内容" in answer.content.decode()
    with within(EVERYWHERE, by="tester"):
        assert not Person.objects.filter(name="甲新").exists()
        assert not Happening.objects.exists()
        assert not Entry.objects.filter(verb="households.birth").exists()
    disk.grow(8)
    assert clerk.post(f"{HOUSEHOLD}arrival/", BORN).status_code == 302
    with within(EVERYWHERE, by="tester"):
        assert (Person.objects.filter(name="甲新").count(), Happening.objects.count()) == (1, 1)
