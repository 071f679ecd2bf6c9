"""What the social registry answers by callback: to registered hosts, signed, once each."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from api_ground import EVERYWHERE, MINE, NOW
from django.db import connection
from social_outside import acknowledged, work
from social_systems import (
    ASYNC,
    ASYNC_STATUS,
    SUBSCRIBE,
    SYNC_STATUS,
    asking,
    code,
    searching,
    subscribing,
)

from bangfu.books.accounts.models import Grant
from bangfu.books.jobs.models import State, Task
from bangfu.books.social_registry import delivery, signatures
from bangfu.books.social_registry.models import Client, Exchange
from bangfu.books.walls import keys
from bangfu.books.walls.scope import within
from bangfu.core.errors import InputError, UnavailableError

BY_NUMBER = ("idtype-value", {"type": "HOUSEHOLD_ID", "value": MINE})


# Answers.


def test_a_search_is_answered_by_callback_signed_and_once(register, outside):
    system = register()
    correlation = acknowledged(system.send(ASYNC, searching(*BY_NUMBER)))
    assert outside.sent == []
    work()
    [(to, message)] = outside.sent
    assert (to.host, to.path, to.secure) == ("spmis.example", "/registry/on-search", True)
    assert message["header"]["action"] == "on-search"
    assert message["message"]["correlation_id"] == correlation
    assert message["message"]["transaction_id"] == "t-1"
    [item] = message["message"]["search_response"]
    assert item["data"]["reg_records"][0]["group_identifier"][0]["identifier_value"] == MINE
    signatures.check(
        message,
        sender="bangfu",
        key_id=signatures.our_key_id(),
        public_key=json.dumps(signatures.our_public_key()),
        now=NOW,
    )
    with within(EVERYWHERE, by="tester"):
        # As if its end had not been noted.
        Task.objects.update(state=State.WAITING, finished_at=None)
    work()
    assert len(outside.sent) == 1


def test_a_message_sent_twice_is_taken_once(register, outside):
    system = register()
    first, again = (acknowledged(system.send(ASYNC, searching(*BY_NUMBER))) for _ in range(2))
    assert first == again
    other = subscribing(message_id="m-1")
    assert code(system.send(SUBSCRIBE, other)) == "err.request.bad"
    work()
    assert len(outside.sent) == 1


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/registry/on-search",
        "https://spmis.example.evil.example/",
        "https://spmis.example@evil.example/",
        "https://spmis.example:8443/",
        "http://spmis.example/",
        "ftp://spmis.example/",
        "//spmis.example/",
        "https://127.0.0.1/",
        "https://spmis.example:port/",
        "https://spmis.example/\r\nX: y",
    ],
)
def test_only_registered_hosts_are_called(register, outside, uri):
    answer = register().send(ASYNC, searching(*BY_NUMBER, sender_uri=uri))
    assert (answer.status_code, code(answer)) == (400, "err.sender_uri.invalid")
    with within(EVERYWHERE, by="tester"):
        assert not Exchange.objects.exists()
        assert not Task.objects.exists()


def test_who_names_no_address_is_called_at_its_own(register, outside):
    acknowledged(register().send(ASYNC, searching(*BY_NUMBER, sender_uri="")))
    work()
    assert outside.sent[0][0].path == "/registry/on-search"


def test_without_any_address_nothing_is_taken(register):
    answer = register(callback_base="").send(ASYNC, searching(*BY_NUMBER, sender_uri=""))
    assert code(answer) == "err.sender_uri.invalid"


def test_a_host_taken_from_the_registration_is_called_no_more(register, outside):
    system = register()
    acknowledged(system.send(ASYNC, searching(*BY_NUMBER)))
    with within(EVERYWHERE, by="tester"):
        Client.objects.update(callback_hosts=[])
    work()
    assert outside.sent == []
    with within(EVERYWHERE, by="tester"):
        assert Exchange.objects.get().status == "rjct"


def test_a_role_lost_in_the_meantime_ends_the_answer(register, outside):
    system = register()
    acknowledged(system.send(ASYNC, searching(*BY_NUMBER)))
    with within(EVERYWHERE, by="tester"):
        Grant.objects.filter(operator=system.account).update(valid_to=NOW.date())
    work()
    assert outside.sent == []


def test_a_host_that_is_away_is_tried_again_and_one_that_refuses_is_not(register, outside):
    system = register()
    acknowledged(system.send(ASYNC, searching(*BY_NUMBER)))
    outside.raises = UnavailableError(delivery._AWAY)
    with pytest.raises(UnavailableError):
        work()
    outside.raises = None
    work()
    assert len(outside.sent) == 1
    acknowledged(system.send(ASYNC, searching(*BY_NUMBER, message_id="m-2")))
    outside.raises = InputError(delivery._REFUSED)
    work()
    outside.raises = None
    work()
    assert len(outside.sent) == 1


def test_a_private_address_is_not_called_unless_registered(monkeypatch):
    found = [(2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(delivery.socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(InputError):
        delivery.address_of("spmis.example", 443, private=False)
    assert delivery.address_of("spmis.example", 443, private=True) == "10.0.0.7"


# The status of transactions.


def test_how_requests_stand(register, outside):
    system = register()
    correlation = acknowledged(system.send(ASYNC, searching(*BY_NUMBER)))

    def status(kind: str, value: object, **more: object) -> tuple[str, list]:
        answer = system.send(SYNC_STATUS, asking(kind, value, **more)).json()
        told = answer["message"]["txnstatus_response"]["txn_status"]["search_response"]
        return answer["header"]["status"], [(one["reference_id"], one["status"]) for one in told]

    by_all = [("transaction_id", "t-1"), ("correlation_id", correlation)]
    by_all.append(("reference_id_list", ["r-1", "r-9"]))
    for kind, value in by_all:
        assert status(kind, value) == ("succ", [("r-1", "rcvd")])
    work()
    for kind, value in by_all:
        assert status(kind, value) == ("succ", [("r-1", "succ")])
    assert status("transaction_id", "t-9") == ("rjct", [])
    assert status("transaction_id", "t-1", txn_type="subscribe") == ("rjct", [])
    assert status("transaction_id", "t-1", txn_type="receipt") == ("rjct", [])


def test_another_systems_requests_are_not_told(register, outside):
    register().send(ASYNC, searching(*BY_NUMBER))
    other = register(sender_id="other-client")
    question = asking("transaction_id", "t-1")
    question["header"]["sender_id"] = "other-client"
    answer = other.send(SYNC_STATUS, question).json()
    assert answer["header"]["status"] == "rjct"


def test_a_status_is_told_by_callback_too(register, outside):
    system = register()
    acknowledged(system.send(ASYNC, searching(*BY_NUMBER)))
    correlation = acknowledged(system.send(ASYNC_STATUS, asking("transaction_id", "t-1")))
    work()
    to, message = outside.sent[-1]
    assert (to.path, message["header"]["action"]) == ("/registry/txn/on-status", "txn-on-status")
    assert message["message"]["correlation_id"] == correlation
    told = message["message"]["txnstatus_response"]["txn_status"]["search_response"]
    assert [one["status"] for one in told] == ["succ"]


# A worker's death.

DYING = """
import json, os, signal, sys
from datetime import datetime
import django
django.setup()
from django.db import connections
from bangfu.books.jobs import runner, timers, worker
from bangfu.books.social_registry import delivery
from bangfu.books.walls import keys

given = json.loads(sys.argv[1])
keys.use(keys.Keys((keys.Key(bytes.fromhex(given["key"])),)))
for alias in ("default", "owner", "public"):
    connections[alias].settings_dict.update(HOST=given["host"], PORT="", NAME=given["name"])
post = delivery.post
def post_and_die(*arguments, **named):
    if given["after"]:
        post(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
delivery.post = post_and_die
now = datetime.fromisoformat(given["now"])
runner.run(given["task"], requested_by=given["by"], place_code=given["place"], clock=lambda: now)
"""


@pytest.fixture
def receiver(socket_enabled) -> Iterator[tuple[int, list[dict]]]:
    """A host that takes callbacks: its port, and what it was sent."""
    taken: list[dict] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield server.server_port, taken
        server.shutdown()
        serving.join()


def _let_go() -> None:
    """Wait until the database has noticed the death."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from pg_locks where locktype = 'advisory'")
            if cursor.fetchall() == [(0,)]:
                return
        time.sleep(0.1)
    raise AssertionError("the dead worker still holds its task")


@pytest.mark.parametrize("after", [False, True], ids=["before sending", "after sending"])
def test_a_worker_that_dies_leaves_one_answer(register, receiver, after):
    port, taken = receiver
    host = f"127.0.0.1:{port}"
    system = register(callback_hosts=[host], callback_base=f"http://{host}", private_callbacks=True)
    correlation = acknowledged(system.send(ASYNC, searching(*BY_NUMBER, sender_uri="")))
    with within(EVERYWHERE, by="tester"):
        task = Task.objects.get()
    given = {
        "key": keys.current().current.secret.hex(),
        "host": connection.settings_dict["HOST"],
        "name": connection.settings_dict["NAME"],
        "after": after,
        "task": task.pk,
        "by": task.requested_by,
        "place": task.place_code,
        "now": NOW.isoformat(),
    }
    died = subprocess.run(
        [sys.executable, "-c", DYING, json.dumps(given)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "bangfu.site.settings"},
        check=False,
    )
    assert died.returncode == -signal.SIGKILL
    assert len(taken) == after
    with within(EVERYWHERE, by="tester"):
        assert Exchange.objects.get().status == "rcvd"
    _let_go()
    work(state=State.RUNNING)
    work(state=State.DONE)
    # Sent again where nobody knows whether it arrived: under the same id, so that it is taken once.
    assert len(taken) == 1 + after
    assert {message["header"]["message_id"] for message in taken} == {correlation}
    with within(EVERYWHERE, by="tester"):
        assert Exchange.objects.get().status == "succ"
