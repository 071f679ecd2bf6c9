"""The postings of `run.py compare` through django-hordak 2.0.0, on the same server.

hordak_side.py SOCKET LINES: one JSON line. Its own interface for single transfers; for the posting of
many legs `bulk_create`, which is faster than saving them one by one.
"""

from __future__ import annotations

import json
import sys
import time
from statistics import median

import django
from django.conf import settings

WARM, REPEATS = 20, 5  # as on the other side


def main() -> None:
    socket, number = sys.argv[1], int(sys.argv[2])
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": socket,
                "NAME": "hordak",
                "USER": "postgres",
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DEFAULT_CURRENCY="CNY",
        HORDAK_INTERNAL_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        USE_TZ=True,
    )
    django.setup()

    from django.core.management import call_command
    from django.db import transaction
    from hordak.models import Account, AccountType, Leg, Transaction
    from moneyed import Money

    call_command("migrate", verbosity=0)
    pairs = []
    for at in range(number):
        outside, inside = (
            Account.objects.create(name=f"{name}{at}", type=AccountType.asset, currencies=["CNY"])
            for name in ("source", "announced")
        )
        pairs.append((outside, inside))
    fen = Money("0.01", "CNY")

    def transfer(at: int) -> None:
        outside, inside = pairs[at % 16]
        with transaction.atomic():
            outside.transfer_to(inside, fen)

    for at in range(WARM):
        transfer(at)
    started = time.perf_counter()
    for at in range(300):
        transfer(at)
    single = 300 / (time.perf_counter() - started)
    yuan = Money("1.00", "CNY")
    postings, readings = [], []
    for _ in range(REPEATS):
        started = time.perf_counter()
        with transaction.atomic():
            act = Transaction.objects.create()
            Leg.objects.bulk_create(
                leg
                for outside, inside in pairs
                for leg in (
                    Leg(transaction=act, account=outside, credit=yuan),
                    Leg(transaction=act, account=inside, debit=yuan),
                )
            )
        postings.append(time.perf_counter() - started)
        started = time.perf_counter()
        for pair in pairs:
            for account in pair:
                account.get_balance()
        readings.append(time.perf_counter() - started)
    report = {
        "what": "django-hordak",
        "single_a_second": single,
        "legs": 2 * number,
        "one_posting_s": median(postings),
        "all_balances_s": median(readings),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main()
