"""A village book of 300 households, from the books to the PDF, as a village clerk asks for it.

run.py [HOUSEHOLDS]: one JSON line. An embedded database is filled with invented households of three members
with incomes, measures and visits; row security is on, and everything is read inside the village's scope.
`seconds` is the wall clock, `processor_s` what this process used; the database's own time is between.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import django
from django.conf import settings
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bangfu.site.settings")
django.setup()

# The apps can be imported now, and not before.
from bangfu.books.assistance.models import Measure, Visit
from bangfu.books.desk import exporters, records
from bangfu.books.households.models import Household, IncomeItem, Person
from bangfu.books.places.actions import load_places
from bangfu.books.walls import keys, roles
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.places import NATION, Place
from bangfu.files.policy_folder import policy_in_force
from bangfu.site import embedded, start

VILLAGE, TODAY = "420527101200", date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


def fill(number: int) -> None:
    """Households with members, incomes, measures and visits."""
    load_places(
        by="bench",
        source="bench",
        rows=[
            Place("420000000000", "湖北省"),
            Place("420500000000", "宜昌市"),
            Place("420527000000", "秭归县"),
            Place("420527101000", "茅坪镇"),
            Place(VILLAGE, "示例村"),
        ],
    )
    numbers = [f"4205270000{at:06d}" for at in range(number)]
    here = {"place_code": VILLAGE}
    Household.objects.bulk_create(
        Household(household_no=n, monitored_class="突发严重困难户", risk_1="因病", **here)
        for n in numbers
    )
    Person.objects.bulk_create(
        Person(household_id=n, person_no=str(at), name=f"虚构{at}", relation=relation, **here)
        for n in numbers
        for at, relation in enumerate(("户主", "配偶", "之子"))
    )
    IncomeItem.objects.bulk_create(
        IncomeItem(household_id=n, year=2026, item=item, fen=1_234_500, **here)
        for n in numbers
        for item in ("a1", "b1", "c1", "d2", "d4", "d6b", "e1")
    )
    Measure.objects.bulk_create(
        Measure(
            household_no=n,
            family="industry_help",
            content=f"发放鸡苗 {at} 批",
            responsible="丙干部",
            agreed_on=date(2026, 3, at),
            due_on=date(2026, 12, 1),
            **here,
        )
        for n in numbers
        for at in (1, 2)
    )
    Visit.objects.bulk_create(
        Visit(household_no=n, visited_on=date(2026, at, 8), visitors="丙", seen="饮水正常", **here)
        for n in numbers
        for at in (5, 9)
    )


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    keys.use(keys.Keys((keys.Key(b"k" * keys.KEY_BYTES),)))
    with tempfile.TemporaryDirectory(prefix="bangfu-bench-") as folder:
        Path(folder).chmod(0o755)
        server = embedded.start(Path(folder) / "postgres")
        try:
            _prepare(server)
            with within(Scope((NATION,), frozenset(DataClass), "bench"), by="bench"):
                fill(number)
            policy = policy_in_force()
            scope = Scope((VILLAGE,), frozenset({DataClass.PERSONS}), "bench", read_only=True)
            started, used = time.perf_counter(), time.process_time()
            with within(scope, by="clerk"):
                record = records.record_of(VILLAGE, policy=policy, today=TODAY)
                pdf = exporters.record_pdf(record, policy=policy, lang="zh", today=TODAY, now=NOW)
            seconds, processor = time.perf_counter() - started, time.process_time() - used
        finally:
            connections.close_all()
            embedded.stop(Path(folder) / "postgres")
    report = {
        "households": number,
        "seconds": round(seconds, 2),
        "processor_s": round(processor, 2),
        "pdf_mb": round(len(pdf) / 1e6, 1),
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
