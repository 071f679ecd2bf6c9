"""A batch of household payments: made, sent, and its return taken, against raw COPY and its index.

run.py [PAYMENTS]: one JSON line. An embedded database is filled with as many students as payments, their
heads' accounts and entitlements whose notice is over. "bangfu" collects them into a batch, claims it in
the ledger with its roster, rechecks everybody, pays it and fixes the bank's file, gives the file out
again and takes the bank's return, with every constraint and history on. "raw" is COPY of the payments'
rows into a bare table and its index. `ratio` is making the batch against raw, `posting_ratio` the same
without `judge`: everybody held against the books of the moment (dead, moved, whose account), which making
begins with and which is asked once before, alone. `whole` is all that stands between the officer and the
file (make, submit, send).
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
django.setup()

# The apps can be imported now, and not before.
from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.funds import actions as funds
from bangfu.books.funds.models import FundLine
from bangfu.books.notices.models import Notice
from bangfu.books.payments import actions
from bangfu.books.payments.models import Batch
from bangfu.books.projects.models import Project
from bangfu.books.walls import keys, roles
from bangfu.books.walls.guarded import sealed, tokeniser
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.language import Text
from bangfu.files.policy_folder import policy_in_force
from bangfu.site import embedded, start

COUNTY, VILLAGE = "420527000000", "420527101200"
TODAY, NOW = date(2026, 12, 1), datetime(2026, 12, 1, 4, tzinfo=UTC)
SCOPE = Scope((COUNTY,), frozenset(DataClass), "bench")
FEN = 150_000

_FILL = """
insert into households_household (household_no, place_code)
  select lpad(n::text, 16, '0'), '420527101200' from generate_series(1, %(count)s) n;
insert into households_person (household_no, place_code, person_no, name, relation, certificate_token)
  select lpad(n::text, 16, '0'), '420527101200', m::text, '演示', r,
    md5(n || '-' || m) || md5(m || '-' || n)
  from generate_series(1, %(count)s) n, (values (1, '户主'), (2, '之子')) v (m, r);
insert into payments_account (place_code, household_no, person_no, certificate_token, account,
    account_token, account_end, bank, holder_name, holder_number, holder_token, number_matches)
  select '420527101200', lpad(n::text, 16, '0'), '1', md5(n || '-1') || md5('1-' || n), a.account,
    a.token, '0000', 'x', '演示', '', md5(n::text), true
  from unnest(%(account)s::bytea[], %(token)s::text[]) with ordinality a (account, token, n);
insert into payments_entitlement (place_code, household_no, person_no, per_household, person_number,
    person_token, certificate_token, scheme, term, first_day, last_day, excludes_in, pays_head, fen,
    status, applied_by, applied_on, checked_by, approved_by, project, notice_id, refused_by,
    refused_reason)
  select '420527101200', lpad(n::text, 16, '0'), '2', false, '', md5(n::text),
    md5(n || '-2') || md5('2-' || n), 'vocational_aid', '2026-2', '2026-09-01', '2027-02-28',
    'student_aid', true, 150000, 'noticed', 'a', '2026-11-01', 'b', 'c', 'P1',
    (select max(id) from notices_notice), '', ''
  from generate_series(1, %(count)s) n;
"""


_JUDGE = """
select count(reason) from payments_judge((select array_agg(id) from payments_entitlement), %s, %s)
"""


def fill(server: embedded.Server, name: str, count: int) -> None:
    """The books before the batch, written past the triggers."""
    accounts = [f"6210{number:012d}" for number in range(count)]
    make = tokeniser()
    with within(SCOPE, by="bench"):
        FundLine.objects.create(
            number="A", place_code=COUNTY, year=2026, name="A", fund_class="household"
        )
        Project.objects.create(
            number="P1",
            place_code=VILLAGE,
            year=2026,
            name="P1",
            cost_fen=1,
            performance_target="1",
            status="admitted",
        )
        money = {"by": "bench", "place_code": COUNTY, "line": "A", "fen": 10**12, "day": TODAY}
        funds.announce(**money)
        funds.receive(**money)
        plan = funds.propose_plan(
            by="bench",
            place_code=COUNTY,
            year=2026,
            title="bench",
            problem_hash="0" * 64,
            pieces=[("A", "P1", 10**12)],
        )
        Notice.objects.create(
            kind="payment",
            place_code=VILLAGE,
            county="秭归县",
            subject="bench",
            title_zh="x",
            title_en="x",
            fields=[],
            opens_on=date(2026, 11, 1),
            closes_on=date(2026, 11, 5),
            published_at=NOW,
            published_by="bench",
        )
    with within(SCOPE, by="planner"):
        funds.approve_plan(by="planner", plan=plan, day=TODAY)
        funds.post_plan(by="planner", plan=plan, day=TODAY)
    values = {
        "count": count,
        "account": sealed(accounts, "account"),
        "token": [make(each) for each in accounts],
    }
    with server.connect(database=name) as admin:
        admin.execute("set session_replication_role = replica")
        for statement in _FILL.split(";\n"):
            if statement.strip():
                admin.execute(statement, values)
        admin.execute("analyze")


def actor(name: str, role: str) -> Actor:
    """Somebody who holds a role at the county."""
    held = HeldRole(role, Text(role, role), COUNTY, frozenset(DataClass), writes=True)
    return Actor(name, name, None, (held,))


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = act()
    return result, round(time.perf_counter() - started, 2)


def bangfu() -> tuple[Batch, dict[str, float]]:
    """Make, send and settle a batch of everything that waits."""
    officer, checker = actor("officer", "county_officer"), actor("checker", "finance")
    cashier = actor("cashier", "finance")

    def make() -> Batch:
        with within(SCOPE, by="officer"):
            return actions.make_batch(
                by=officer,
                place_code=COUNTY,
                scheme="vocational_aid",
                term="2026-2",
                project="P1",
                today=TODAY,
            )

    def judge() -> None:
        with within(SCOPE, by="officer"), connections["default"].cursor() as cursor:
            cursor.execute(_JUDGE, [COUNTY, f"{COUNTY[:6]}:"])

    _, judged = timed(judge)
    batch, made = timed(make)

    def submit() -> int:
        with within(SCOPE, by="officer"):
            submitted = actions.submit_batch(
                by=officer, batch_id=batch.pk, policy=policy_in_force(), day=TODAY, now=NOW
            )
            return int(submitted.claim_id)

    policy_in_force()  # read once a process, not once a batch
    claim, claimed = timed(submit)
    with within(SCOPE, by="checker"):
        funds.check_claim(by=checker, claim_id=claim, day=TODAY)

    def send() -> None:
        with within(SCOPE, by="cashier"):
            actions.send_batch(
                by=cashier, batch_id=batch.pk, policy=policy_in_force(), day=TODAY, now=NOW
            )

    def file() -> bytes:
        with within(SCOPE, by="cashier"):
            return actions.bank_file(by=cashier, batch_id=batch.pk)

    _, sent = timed(send)
    content, written = timed(file)
    back = answered(content)

    def take() -> None:
        with within(SCOPE, by="cashier"):
            actions.take_return(by=cashier, batch_id=batch.pk, content=back, day=TODAY, now=NOW)

    _, taken = timed(take)
    seconds = {
        "judge": judged,
        "make": made,
        "submit": claimed,
        "send": sent,
        "file": written,
        "return": taken,
    }
    return batch, seconds


def answered(content: bytes) -> bytes:
    """The bank's return: everybody paid."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(("流水号", "金额（元）", "结果", "原因"))
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        lines.writerow((row["流水号"], row["金额（元）"], "成功", ""))
    return out.getvalue().encode()


def raw(server: embedded.Server, name: str) -> float:
    """COPY of the same rows into a bare table, and an index."""
    with server.connect(database=name) as admin:
        out = io.BytesIO()
        with admin.cursor() as cursor:
            with cursor.copy("copy payments_payment to stdout") as copy:
                for block in copy:
                    out.write(block)
            started = time.perf_counter()
            cursor.execute("create table raw_payment (like payments_payment)")
            with cursor.copy("copy raw_payment from stdin") as copy:
                copy.write(out.getvalue())
            cursor.execute("create index on raw_payment (entitlement_id)")
            return round(time.perf_counter() - started, 2)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    keys.use(keys.Keys((keys.Key(b"k" * keys.KEY_BYTES),)))
    with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "postgres")
        try:
            _prepare(server)
            fill(server, "bench", count)
            batch, seconds = bangfu()
            bare = raw(server, "bench")
        finally:
            connections.close_all()
            embedded.stop(Path(folder) / "postgres")
    whole = seconds["make"] + seconds["submit"] + seconds["send"]
    report = {
        "payments": batch.payments_count,
        "bangfu": seconds,
        "raw": bare,
        "ratio": round(seconds["make"] / bare, 2),
        "posting_ratio": round((seconds["make"] - seconds["judge"]) / bare, 2),
        "whole": round(whole, 2),
        "whole_ratio": round(whole / bare, 2),
    }
    sys.stdout.write(json.dumps(report) + "\n")


def _prepare(server: embedded.Server) -> None:
    with server.connect() as admin:
        admin.execute(f"create database bench owner {roles.OWNER}")
    settings.SECRET_KEY = "the bench's own"
    for alias in ("default", "owner", "public"):
        connections[alias].settings_dict.update(HOST=str(server.socket), PORT="", NAME="bench")
    start.migrate()


if __name__ == "__main__":
    main()
