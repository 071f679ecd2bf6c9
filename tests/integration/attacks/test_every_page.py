"""Every address × every role: who gets a page; nothing of outside on any; "not found" is "not yours"."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from attack_ground import (
    INSIDE_NAME,
    INSIDE_NO,
    OUTSIDE_NAME,
    OUTSIDE_NO,
)
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve
from tests.lib import addresses
from tests.lib.addresses import PAGES, allowed, names

from bangfu.books.walls.scope import DataClass

IN, OUT, NOWHERE = range(3)
# What differs between two answers to one question: keys of forms, and the question itself.
KEYS = re.compile(
    rb'(name="csrfmiddlewaretoken" value="|X-CSRFToken": "|name="_submission" value="|"request": ")[^"]+'
)
# What is asked several times over is asked by day of every third role at each address, in turn, so that
# every role is met at a third of them; by night of every role (`make test-hard`). The walls lie in the
# database: they know a role by the classes and places that it holds, and no page has its own.
EVERY, THIRD = 1, 3
ROLES_ASKED = pytest.mark.parametrize(
    "step", [THIRD, pytest.param(EVERY, marks=pytest.mark.hard)], ids=["day", "night"]
)
# Ways to ask more of a page than its address: as a workbook (where there is none, its second page), and
# of a place outside, sorted by what it has not.
MORE = (
    "?as=xlsx&page=2",
    pytest.param("?place=420626101200&sort=-pk", marks=pytest.mark.hard),
)


def forbidden(entry: dict, role: str, actor) -> int:
    """What who may not see a page gets: 404 when only its rows are not his, else 403."""
    if "PERSONS_ABOVE_VILLAGE" in entry["roles"] and DataClass.PERSONS in actor.classes:
        return 404
    return 403


def address(name: str, entry: dict, attack, which: int) -> str:
    things = {thing: known[which] for thing, known in attack.things.items()}
    return addresses.address(name, entry, things)


def ask(client: Client, entry: dict, where: str):
    return send(client, entry, where, {}) if entry.get("post") else client.get(where)


def send(client: Client, entry: dict, where: str, form: dict):
    """Send a form, or to an operation of the API the body it takes."""
    if "body" in entry:
        return client.post(where, entry["body"], content_type="application/json")
    return client.post(where, form)


def otherwise(entry: dict) -> list[int]:
    """What else than a page an address may answer with to who may have it."""
    inside = entry.get("inside", [])
    return inside if isinstance(inside, list) else [inside]


def text_of(answer) -> str:
    """What an answer tells: a page's words, or every cell of a workbook."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content.decode("utf-8", "replace")


def gated(attack, step: int = EVERY) -> Iterator[tuple[str, dict, str, Client, object]]:
    for number, (name, entry) in enumerate(PAGES.items()):
        if name == "logout":
            continue  # it would end the session of who attacks
        for place, (role, client) in enumerate(attack.clients.items()):
            if (number + place) % step == 0:
                yield name, entry, role, client, attack.actors[role]


@pytest.fixture(scope="module")
def told(attack) -> dict[tuple[str, str], tuple[int, str]]:
    """What each address answers to each role about what lies inside: its status and its words."""
    heard = {}
    for name, entry, role, client, _actor in gated(attack):
        answer = ask(client, entry, address(name, entry, attack, IN))
        heard[name, role] = answer.status_code, text_of(answer)
    return heard


def test_every_address_is_decided():
    assert names() == set(PAGES)


def test_who_gets_which_page(attack, told):
    wrong = {}
    for name, entry, role, _client, actor in gated(attack):
        right = allowed(entry, role, actor)
        expected = (200, 302, *otherwise(entry)) if right else (forbidden(entry, role, actor),)
        if right and "readers" in entry and not any(held.writes for held in actor.held):
            expected = (entry["readers"],)
        if told[name, role][0] not in expected:
            wrong[name, role] = told[name, role][0]
    assert wrong == {}


def test_nobody_gets_anything_without_logging_in(attack):
    for name, entry in PAGES.items():
        answer = ask(Client(), entry, address(name, entry, attack, IN))
        if entry.get("api"):
            assert answer.status_code == 401, name
        elif "OPEN" not in entry["roles"]:
            assert answer.status_code == 302, name
            assert answer["Location"].startswith("/log-in/"), name
        assert INSIDE_NAME not in text_of(answer), name


def test_no_page_tells_what_lies_outside(attack, told):
    """Whatever the answer, the words of the other county stand nowhere in it."""
    for name, _entry, role, _client, actor in gated(attack):
        listens(name, role, actor, told[name, role][1])


@pytest.mark.parametrize("more", MORE)
@ROLES_ASKED
def test_no_export_or_list_tells_what_lies_outside(attack, told, more, step):
    """Pages, exports, counts and lists in one, of every page that the role gets."""
    for name, entry, role, client, actor in gated(attack, step):
        if told[name, role][0] != 200 or entry.get("post"):
            continue  # an answer without the page is the same whatever more is asked
        answer = ask(client, entry, address(name, entry, attack, IN) + more)
        listens(name, role, actor, text_of(answer))


def listens(name: str, role: str, actor, said: str) -> None:
    """Nothing of outside, and of inside no person to who sees only sums."""
    for word in (OUTSIDE_NAME, OUTSIDE_NO):
        assert word not in said, (name, role, word)
    if not actor.classes & {DataClass.PERSONS, DataClass.SAMPLE}:
        for word in (INSIDE_NAME, INSIDE_NO):
            # The number asked for is echoed in the address of the language form, and nowhere else.
            assert word not in said.replace(f"/{INSIDE_NO}/", ""), (name, role, word)


@ROLES_ASKED
def test_not_found_and_not_yours_are_the_same(attack, step):
    for name, entry, role, client, actor in gated(attack, step):
        # What is published is everybody's: the public pages have tests of their own.
        if (
            not entry.get("arguments")
            or not allowed(entry, role, actor)
            or "OPEN" in entry["roles"]
        ):
            continue
        answers = []
        ask(client, entry, address(name, entry, attack, NOWHERE))  # what a first request fetches
        for which in (OUT, NOWHERE):
            where = address(name, entry, attack, which)
            with CaptureQueriesContext(connection) as queries:
                answer = ask(client, entry, where)
            body = KEYS.sub(rb"\1", answer.content).replace(where.encode(), b"")
            answers.append((answer.status_code, len(queries), body.splitlines()))
        other = [
            pair for pair in zip(answers[0][2], answers[1][2], strict=False) if len({*pair}) > 1
        ]
        assert other == [], (name, role)
        assert answers[0] == answers[1], (name, role)
        assert answers[0][0] in (404, entry.get("readers")), (name, role)


@ROLES_ASKED
def test_not_yours_is_not_written_either(attack, step):
    """A form sent to a thing outside does nothing and tells nothing."""
    for name, entry, role, client, _actor in gated(attack, step):
        if not entry.get("arguments") or "OPEN" in entry["roles"]:
            continue
        answers = [
            send(
                client,
                entry,
                address(name, entry, attack, which),
                {"answer": "accept", "reason": "x"},
            )
            for which in (OUT, NOWHERE)
        ]
        statuses = {answer.status_code for answer in answers}
        assert len(statuses) == 1, (name, role, statuses)
        assert statuses <= {403, 404, 405}, (name, role, statuses)


def test_who_may_only_read_writes_nothing(attack):
    for name, entry, role, client, actor in gated(attack):
        if (
            any(held.writes for held in actor.held)
            or "OPEN" in entry["roles"]
            or name == "me"
            or entry.get("own")
        ):
            continue
        if entry.get("arguments"):
            answer = send(client, entry, address(name, entry, attack, IN), {"reason": "x"})
            assert answer.status_code in (403, 405), (name, role)


FORM = re.compile(r'<form[^>]*method="post"[^>]*>')
TARGET = re.compile(r'(?:action|href)="(/[^"#?]*)')


def test_who_only_reads_is_offered_nothing_to_send(attack, told):
    """No form that would be refused when sent, and no link to a page that is refused."""
    views = addresses.views()
    offered = set()
    for name, _entry, role, _client, actor in gated(attack):
        status, page = told[name, role]
        if status != 200 or any(held.writes for held in actor.held):
            continue
        for form in FORM.findall(page):
            sent = TARGET.search(form)
            where = named(sent[1]) if sent else name
            if getattr(views[where], "refuses_readers", False):
                offered.add((name, role, where))
        for link in TARGET.findall(page):
            if told.get((named(link), role), (200, ""))[0] == 403:
                offered.add((name, role, link))
    assert offered == set()


def named(path: str) -> str:
    """The name of the address that a path leads to; empty for a file."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
