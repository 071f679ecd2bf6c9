"""Whether time tells what is there but not yours from what is not there at all.

A township's reviewer asks for households of other townships and for numbers that nobody has, in a drawn
order, in one process. `told_apart` is the share of pairs in which the one that is there took longer: one
half where time tells nothing.
"""

from __future__ import annotations

import time
from random import Random
from statistics import median

import ground
from django.test import Client

from bangfu.books.accounts.models import Operator
from bangfu.books.households.models import Household
from bangfu.core.places import prefix

WHO, ASKED, WARMING = "bench-township", 1_500, 50


def hidden() -> dict[str, float]:
    """Milliseconds of either answer in the middle, and how well time tells them apart."""
    draw = Random(11)
    with ground.inside("bench"):
        known = set(Household.objects.values_list("pk", flat=True))
        outside = Household.objects.exclude(place_code__startswith=prefix(ground.TOWNSHIP))
        theirs = draw.sample(sorted(outside.values_list("pk", flat=True)), ASKED)
    nobodys = [_unknown(number, known) for number in theirs]
    asked = [(number, True) for number in theirs] + [(number, False) for number in nobodys]
    draw.shuffle(asked)
    client = Client(SERVER_NAME="127.0.0.1")
    with ground.inside(WHO):
        client.force_login(Operator.objects.get(username=WHO), backend=ground.ACCOUNTS)
    for number, _ in asked[:WARMING]:
        _took(client, number)
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, there in asked:
        took[there].append(_took(client, number))
    longer = sum(a > b for a in took[True] for b in took[False])
    return {
        "not_yours_ms": round(median(took[True]), 3),
        "not_found_ms": round(median(took[False]), 3),
        "told_apart": round(longer / ASKED**2, 3),
    }


def _unknown(number: str, known: set[str]) -> str:
    """A number of the same place that no household has."""
    return next(
        other for last in range(9_999, 0, -1) if (other := f"{number[:-4]}{last:04d}") not in known
    )


def _took(client: Client, number: str) -> float:
    started = time.perf_counter()
    answer = client.get(f"/households/{number}/")
    spent = (time.perf_counter() - started) * 1000
    if answer.status_code != 404:
        raise SystemExit(f"{number}: {answer.status_code}")
    return spent
