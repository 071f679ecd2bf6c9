"""A new key: all sealed values under it, tokens made again, history too; broken off, it goes on."""

from __future__ import annotations

import pytest
from django.db import connections

from bangfu.books.attachments import store
from bangfu.books.households.models import Household, Person, PersonHistory
from bangfu.books.screening.models import RosterEntry
from bangfu.books.walls import guarded, keys, rotation
from bangfu.core.errors import UnavailableError, UsageError

OLD = keys.Keys((keys.Key(b"k" * keys.KEY_BYTES),))  # the tests' own, see conftest
NEW = keys.Key(b"n" * keys.KEY_BYTES)
BOTH = keys.Keys((NEW, *OLD.keys))
VILLAGE = "420527101200"
NUMBERS = [f"4205271990010112{n:02d}" for n in range(7)]


@pytest.fixture
def people(as_web):
    """Seven people, one changed once; a roster with one of them and one whom nobody knows."""
    keys.use(OLD)  # another test of the process may have left its own
    with as_web():
        Household.objects.create(household_no="1", place_code=VILLAGE)
        for n, (number, value) in enumerate(
            zip(NUMBERS, guarded.sealed(NUMBERS, "certificate"), strict=True)
        ):
            Person.objects.create(
                household_id="1",
                place_code=VILLAGE,
                person_no=str(n),
                certificate=value,
                certificate_token=guarded.token(number),
            )
        for line, number in enumerate((NUMBERS[0], "420527198001019999")):
            RosterEntry.objects.create(
                place_code=VILLAGE,
                roster="低保",
                line_no=line,
                certificate_token=guarded.token(number),
            )
    with as_web():
        Person.objects.filter(person_no="3").update(name="改名")
    yield
    keys.use(OLD)


def test_everything_is_under_the_new_key(people, as_web):
    keys.use(BOTH)
    done = rotation.rotate(by="keeper", batch=2)
    # Seven people and the eight rows of their past; each roster's line stands in its history too.
    assert done == rotation.Rotated(rows=7 + 8, tokens=2, tokens_left=2)
    keys.use(keys.Keys((NEW,)))  # the old key is gone
    with as_web():
        for n, number in enumerate(NUMBERS):
            person = Person.objects.get(person_no=str(n))
            assert guarded.opened(person.certificate, "certificate") == number
            assert person.certificate_token == guarded.token(number)
        for past in PersonHistory.objects.all():
            number = NUMBERS[int(past.person_no)]
            assert guarded.opened(past.certificate, "certificate") == number
            assert past.certificate_token == guarded.token(number)
        assert RosterEntry.objects.get(line_no=0).certificate_token == guarded.token(NUMBERS[0])


def test_history_says_no_more_than_before(people, as_web):
    with as_web():
        before = list(
            PersonHistory.objects.order_by("pgh_id").values_list("pgh_id", "name", "actor")
        )
    keys.use(BOTH)
    rotation.rotate(by="keeper")
    with as_web():
        after = list(
            PersonHistory.objects.order_by("pgh_id").values_list("pgh_id", "name", "actor")
        )
    assert before == after


def test_broken_off_it_goes_on_where_it_stopped(people, as_web, monkeypatch):
    keys.use(BOTH)
    whole, calls = guarded.sealed, []

    def failing(values, column):
        calls.append(column)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(values, column)

    monkeypatch.setattr(rotation, "sealed", failing)
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(by="keeper", batch=2)
    monkeypatch.setattr(rotation, "sealed", whole)
    with as_web():  # half done: every value still opens, with both keys at hand
        opened = {
            guarded.opened(person.certificate, "certificate") for person in Person.objects.all()
        }
        assert opened == set(NUMBERS)
    assert rotation.rotate(by="keeper", batch=2).rows == 15 - 2
    assert rotation.rotate(by="keeper").rows == 0


def test_the_old_key_is_needed_until_it_is_done(people):
    keys.use(keys.Keys((NEW,)))
    with pytest.raises(UsageError, match="another key"):
        rotation.rotate(by="keeper")


def test_every_guarded_column_of_the_books_is_rotated(database):
    """A table with sealed bytes that the rotation does not know would lose them with the old key."""
    known = {
        (table.name, column)
        for table in rotation.tables()
        for column in (*table.sealed, *(token for token, _ in table.tokens), *table.alone)
    }
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and (data_type = 'bytea' or column_name like '%\\_token')"
        )
        assert set(cursor.fetchall()) == known


@pytest.fixture
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path
    keys.use(OLD)
    yield tmp_path
    keys.use(OLD)


def test_kept_files_open_with_the_new_key_alone(uploads):
    contents = [b"workbook", b"photo", b""]
    digests = [store.put(content) for content in contents]
    (uploads / "open").mkdir()  # a job's working folder is no kept content
    (uploads / "open" / "left").write_bytes(b"plain")
    keys.use(BOTH)
    later = store.put(b"kept after the new key")
    assert store.reseal() == 3
    assert store.reseal() == 0
    keys.use(keys.Keys((NEW,)))
    assert [store.get(digest) for digest in digests] == contents
    assert store.get(later) == b"kept after the new key"
    assert (uploads / "open" / "left").read_bytes() == b"plain"
    assert not {path for path in uploads.rglob("*") if path.is_file() and path.stat().st_mode & 0o077} - {uploads / "open" / "left"}  # fmt: skip


def test_an_altered_file_is_told_and_stays(uploads):
    digest = store.put(b"workbook")
    path = uploads / digest[:2] / digest
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    altered = path.read_bytes()
    keys.use(BOTH)
    with pytest.raises(UnavailableError):
        store.reseal()
    assert path.read_bytes() == altered
