"""The ledger's speed on the embedded database, with row security and every trigger on.

run.py movements [SECONDS]      single movements on 16 connections of two processes, on 16 lines and on one
run.py compare [LINES]          the same postings through django-hordak, on the same server
run.py recount [POSTINGS]       `ledger verify` over so many postings of two movements each

One JSON line a measurement. After each of `movements` the ledger is recounted and must be sound.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

import django
from django.conf import settings
from django.db import connection, connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
django.setup()

# The apps can be imported now, and not before.
from bangfu.books.funds import actions
from bangfu.books.funds.booking import post
from bangfu.books.funds.models import Balance, FundLine
from bangfu.books.funds.verify import one_state, verify
from bangfu.books.walls import keys, roles
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.errors import ConflictError
from bangfu.core.ledger.postings import move
from bangfu.core.ledger.stages import Kind, Stage
from bangfu.site import embedded, start

COUNTY, DAY = "420527000000", date(2026, 3, 2)
SCOPE = Scope((COUNTY,), frozenset({DataClass.MONEY}), "bench")
CONNECTIONS = 16
PROCESSES = 2  # as many as the site has workers
WARM = 20  # movements on a connection before its time begins
SPARE = f"L{CONNECTIONS:05d}"  # the line of these
REPEATS = 5  # of what is short, the middle one
USED = 20_000  # postings that are there already


def say(**measured: Any) -> None:
    sys.stdout.write(json.dumps(measured, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@contextmanager
def books() -> Iterator[embedded.Server]:
    """A server with migrated, empty books."""
    keys.use(keys.Keys((keys.Key(b"k" * keys.KEY_BYTES),)))
    settings.SECRET_KEY = "the bench's own"
    with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "postgres")
        try:
            with server.connect() as admin:
                admin.execute(f"create database bench owner {roles.OWNER}")
            for alias in ("default", "owner", "public"):
                connections[alias].settings_dict.update(
                    HOST=str(server.socket), PORT="", NAME="bench"
                )
            start.migrate()
            yield server
        finally:
            connections.close_all()
            embedded.stop(Path(folder) / "postgres")


def lines(number: int) -> list[str]:
    """Fund lines by number, with nothing on them."""
    names = [f"L{at:05d}" for at in range(number)]
    with within(SCOPE, by="bench"):
        FundLine.objects.bulk_create(
            FundLine(number=n, place_code=COUNTY, year=2026, name=n, fund_class="fiscal")
            for n in names
        )
    return names


def act_once(verb: str, name: str) -> None:
    act = {"receive": actions.receive, "carry_over": actions.carry_over}[verb]
    with within(SCOPE, by="bench"):
        act(by="bench", place_code=COUNTY, line=name, fen=1, day=DAY)


def hold(name: str, seconds: float, gate: Any, verb: str, told: list[tuple[int, float]]) -> None:
    """One connection: movements of one fen until the time is over; refused ones are not counted.

    It has been in use when the time begins: on a line of its own, that nothing is asked of.
    """
    for _ in range(WARM):
        act_once("receive", SPARE)
    backend = connection.connection.info.backend_pid
    gate.wait()
    moved, before = 0, cpu(backend)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        try:
            act_once(verb, name)
        except ConflictError:
            continue
        moved += 1
    told.append((moved, cpu(backend) - before))
    connection.close()


def work(names: list[str], seconds: float, gate: Any, counts: Any, verb: str) -> None:
    """One process with a thread and a connection a name, as the site's workers hold theirs."""
    connections.close_all()
    told: list[tuple[int, float]] = []
    team = [Thread(target=hold, args=(name, seconds, gate, verb, told)) for name in names]
    for one in team:
        one.start()
    gate.wait()
    before = time.process_time()
    for one in team:
        one.join()
    moved, server = (sum(each) for each in zip(*told, strict=True))
    counts.put((moved, time.process_time() - before, server))


def cpu(process: int) -> float:
    """The processor seconds that a process of this machine has used."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def together(names: list[str], seconds: float, verb: str) -> tuple[int, float, float]:
    """Movements made on 16 connections of two processes at once, each on its line of `names`, taken in
    turn; with the processor seconds that they took in these processes and in their backends."""
    connections.close_all()
    forking = multiprocessing.get_context("fork")
    gate, counts = forking.Barrier(CONNECTIONS + PROCESSES), forking.Queue()
    each = [names[at % len(names)] for at in range(CONNECTIONS)]
    team = [
        forking.Process(target=work, args=(each[at::PROCESSES], seconds, gate, counts, verb))
        for at in range(PROCESSES)
    ]
    for one in team:
        one.start()
    told = [counts.get(timeout=seconds + 60) for _ in team]
    for one in team:
        one.join()
        if one.exitcode:
            raise SystemExit(f"a process ended with {one.exitcode}")
    moved, client, server = (sum(each) for each in zip(*told, strict=True))
    return int(moved), client, server


def movements(seconds: float) -> None:
    with books() as server:
        names = lines(CONNECTIONS + 1)[:-1]
        # Books in use, with statistics: plans made on empty tables read all of them ever after.
        fill(server, USED, names)
        for label, on in (("different lines", names), ("one line", names[:1])):
            moved, client, backends = together(on, seconds, "receive")
            say(
                what=label, connections=CONNECTIONS, movements=moved, a_second=moved / seconds,
                client_cpu_ms=1000 * client / moved, server_cpu_ms=1000 * backends / moved,
            )  # fmt: skip
        # Quota for a few hundred carry-overs, asked for by all at once until it is gone.
        quota = 300
        with within(SCOPE, by="bench"):
            actions.announce(by="bench", place_code=COUNTY, line=names[0], fen=quota, day=DAY)
        moved, _, _ = together(names[:1], max(seconds, 5), "carry_over")
        with one_state(), within(SCOPE, by="bench"):
            left = Balance.objects.get(line__number=names[0], stage="announced").amount
            problems = verify()
        say(what="overdraft", quota=quota, taken=moved, left=left, problems=len(problems))
        if moved + left != quota or problems:
            raise SystemExit("the ledger is not sound")


def compare(number: int) -> None:
    with books() as server:
        names = lines(number)
        for at in range(WARM):
            act_once("receive", names[at % 16])
        started = time.perf_counter()
        for at in range(300):
            act_once("receive", names[at % 16])
        single = 300 / (time.perf_counter() - started)
        postings, readings = [], []
        for _ in range(REPEATS):
            legs = [leg for n in names for leg in move(n, Stage.SOURCE, Stage.ANNOUNCED, 100)]
            started = time.perf_counter()
            with within(SCOPE, by="bench"):
                post(by="bench", place_code=COUNTY, kind=Kind.ANNOUNCE, day=DAY, entries=legs)
            postings.append(time.perf_counter() - started)
            started = time.perf_counter()
            with within(SCOPE, by="bench"):
                dict(Balance.objects.values_list("line__number", "amount"))
            readings.append(time.perf_counter() - started)
        say(
            what="bangfu", single_a_second=single, legs=len(legs), one_posting_s=median(postings),
            all_balances_s=median(readings),
        )  # fmt: skip
        with server.connect() as admin:
            admin.execute("create database hordak")
        subprocess.run(
            [
                sys.executable,
                "-W",
                "ignore",
                str(Path(__file__).with_name("hordak_side.py")),
                str(server.socket),
                str(number),
            ],
            check=True,
        )


def fill(server: embedded.Server, number: int, names: list[str]) -> None:
    """`number` postings of one fen of cash, round the lines, with the chain they would have had."""
    with within(SCOPE, by="bench"):
        ids = dict(FundLine.objects.values_list("number", "pk"))
    heads = {name: [0, "", 0] for name in names}
    with server.connect(database="bench") as admin:
        admin.execute("set session_replication_role = replica")
        step = 200_000
        for first in range(1, number + 1, step):
            numbers = range(first, min(first + step, number + 1))
            postings, entries, links = [], [], []
            for at in numbers:
                name = names[at % len(names)]
                head, line = heads[name], ids[name]
                text = (
                    f"posting\t{at}\t{COUNTY}\treceive\t2026-03-02\t\tbench\t\t-\n"
                    f"entry\t{name}\treceived\t\t1\nentry\t{name}\ttreasury\t\t-1\n"
                    f"after\t{name}\t{head[1] or '-'}\n"
                )
                digest = sha256(text.encode()).hexdigest()
                postings.append(f"{at}\t{COUNTY}\treceive\t2026-03-02\t\t\tbench\t2026-03-02\n")
                entries.append(f"{at}\t1\t{COUNTY}\t{line}\ttreasury\t-1\n")
                entries.append(f"{at}\t2\t{COUNTY}\t{line}\treceived\t1\n")
                links.append(f"{at}\t{line}\t{COUNTY}\t{head[0] + 1}\t{head[1]}\t{digest}\n")
                heads[name] = [head[0] + 1, digest, at]
            for columns, rows in (
                ("posting (id, place_code, kind, day, key, memo, actor, recorded_at)", postings),
                ("entry (posting_id, position, place_code, line_id, stage, fen)", entries),
                ("link (posting_id, line_id, place_code, position, previous, digest)", links),
            ):
                with (
                    admin.cursor() as cursor,
                    cursor.copy(f"copy funds_{columns} from stdin") as copy,
                ):
                    copy.write("".join(rows))
        for name, (position, digest, at) in heads.items():
            admin.execute(
                "update funds_head set position = %s, digest = %s, posting_id = %s"
                " where line_id = %s",
                [position, digest, at or None, ids[name]],
            )
            admin.execute(
                "insert into funds_balance (place_code, line_id, stage, amount)"
                " values (%s, %s, 'treasury', %s), (%s, %s, 'received', %s)",
                [COUNTY, ids[name], -position, COUNTY, ids[name], position],
            )
        admin.execute("select setval(pg_get_serial_sequence('funds_posting', 'id'), %s)", [number])
        admin.execute("analyze")


def resident() -> int:
    """The memory this process holds now, in bytes."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * resource.getpagesize()


def recount(number: int) -> None:
    with books() as server:
        names = lines(60)
        fill(server, number, names)
        held: list[int] = []
        started = time.perf_counter()
        with one_state(), within(SCOPE, by="bench"):
            problems = verify(progress=lambda _: held.append(resident()))
        seconds = time.perf_counter() - started
        say(
            what="recount", postings=number, movements=2 * number, seconds=seconds,
            problems=len(problems), grown_mb=(max(held) - held[0]) / 2**20,
        )  # fmt: skip
        if problems:
            raise SystemExit(str(problems[:3]))


def main() -> None:
    verbs = {"movements": (movements, 10), "compare": (compare, 500), "recount": (recount, 250_000)}
    verb, usual = verbs[sys.argv[1]]
    verb(int(sys.argv[2]) if len(sys.argv) > 2 else usual)


if __name__ == "__main__":
    main()
