"""The ground of the page bench: a county in the embedded database, with cases, notices and people at work.

The sample county is taken over and over with other household and ID numbers until there are 150,000
people, who make some 52,000 households; it goes through the real import. Cases are opened and walked to
the township's step by the real engine, as one act a step, with their village notices over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.test import Client

from bangfu.books.accounts import actions as accounts
from bangfu.books.accounts.actors import Actor, HeldRole
from bangfu.books.accounts.models import Operator
from bangfu.books.cases.carrying import carry_out
from bangfu.books.cases.models import Case, Round
from bangfu.books.cases.standing import Given, circumstances
from bangfu.books.households.actions import import_households
from bangfu.books.households.batch import Batch
from bangfu.books.households.models import Household
from bangfu.books.places.actions import load_places
from bangfu.books.walls import guarded
from bangfu.books.walls.scope import DataClass, Scope, within
from bangfu.core.language import Text
from bangfu.core.places import NATION
from bangfu.files.intake import read_places, take_in
from bangfu.files.policy_folder import policy_in_force
from bangfu.files.uploads import Upload

COUNTY, YEAR = "420527000000", 2026
TOWNSHIP = "420527101000"
OPERATORS = {
    "bench-county": ("county_officer", COUNTY),
    "bench-township": ("township_reviewer", TOWNSHIP),
}
ACCOUNTS = "bangfu.books.accounts.backends.OperatorBackend"
# Persons check each other, so each part is another's.
ENTERS, CHECKS, DECIDES = (
    Actor(name, name, None, (HeldRole(role, Text(role, role), COUNTY, frozenset(DataClass), True),))
    for name, role in (
        ("bench-clerk", "village_clerk"),
        ("bench-reviewer", "township_reviewer"),
        ("bench-approver", "county_approver"),
    )
)
SEEN = {
    "wage_income": 600_000,
    "business_income": 100_000,
    "property_income": 0,
    "transfer_income": 120_000,
    "business_cost": 40_000,
    "out_of_pocket": 3_000_000,
    "dangerous_house": False,
    "safe_water": True,
    "dropout": False,
    "uninsured_member": False,
}
VERIFIED = {
    **SEEN,
    "monitored_class": "突发严重困难户",
    "risks": ("因病", "缺劳动力"),
    "coping": "亲友可借一万元",
    "authorisation": "甲虚构",
}
MEETING = {
    "attendance": 30,
    "votes_for": 26,
    "votes_against": 3,
    "votes_abstained": 1,
    "minutes": "村民代表会议一致意见",
}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def inside(by: str, *classes: DataClass) -> Any:
    """A transaction of the whole county, or of these classes of its data."""
    place = NATION if not classes else COUNTY
    return within(Scope((place,), frozenset(classes or DataClass), "bench"), by=by)


def another(number: str | None, copy: int) -> str | None:
    """An ID number that no other copy of the county has; an unusual one stays as it is."""
    if number is None or len(number) != 18 or not number[:17].isdigit():
        return number
    body = f"{number[:14]}{(int(number[14:17]) + 100 * copy) % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def copies(
    frame: pl.DataFrame, number: int, token: Callable[[str], str], households: pl.DataFrame
) -> pl.DataFrame:
    """The rows `number` times with other household and ID numbers, those of `households` only."""
    if "household_no" not in frame.columns:
        return frame
    parts = []
    for copy in range(number):
        part = frame.with_columns(pl.col("household_no") + str(copy)).join(
            households, on="household_no", how="semi"
        )
        if copy and "certificate_token" in part.columns:
            numbers = [another(one, copy) for one in part["certificate"]]
            tokens = [None if one is None else token(one) for one in numbers]
            part = part.with_columns(
                pl.Series("certificate", numbers, pl.String),
                pl.Series("certificate_token", tokens, pl.String),
            )
        parts.append(part)
    return pl.concat(parts)


def county(frames: dict[Any, pl.DataFrame], people: int) -> dict[Any, pl.DataFrame]:
    """The frames over and over, whole households until there are `people` people."""
    persons = next(frame for name, frame in frames.items() if str(name) == "person")
    number = -(-people // persons.height)
    sizes = persons.group_by("household_no", maintain_order=True).len()
    every = pl.concat(
        sizes.with_columns(pl.col("household_no") + str(copy)) for copy in range(number)
    )
    taken = every.filter(pl.col("len").cum_sum() <= people)
    token = guarded.tokeniser()
    return {name: copies(frame, number, token, taken) for name, frame in frames.items()}


def bring_in(sample: Any, people: int) -> dict[str, int]:
    """Places and the county by the real import; how many households and people were added."""
    places = read_places(sample / "行政区划.csv")
    with inside("bench"):
        load_places(by="bench", rows=places, source="bench")
    intake = take_in(sorted(sample.glob("*.xlsx")), places=places, token=guarded.tokeniser())
    frames = county({t: f for t, f in intake.assembled.tables.items() if f.height}, people)
    batch = Batch(place_code=COUNTY, year=YEAR, frames=frames, source="bench")
    with inside("bench"):
        diff = import_households(by="bench", batch=batch)
    return {str(name): change.added for name, change in diff.changes.items()}


def open_cases(count: int, today: date, now: datetime, photo: Upload) -> None:
    """Cases of recognition that wait for their townships, their village notices over; all but the
    first ten of each village wait within the next days, those are late."""
    policy = policy_in_force()
    opened = today - timedelta(days=20)
    with inside(ENTERS.username, DataClass.PERSONS):
        chosen = list(Household.objects.filter(monitored_class__isnull=True).order_by("pk")[:count])
        cases = Case.objects.bulk_create(
            Case(
                kind="monitoring",
                procedure="monitoring",
                place_code=household.place_code,
                household=household,
                opened_on=opened,
                opened_by=ENTERS.username,
                step="clue",
                level=5,
                since=opened,
            )
            for household in chosen
        )
        Round.objects.bulk_create(
            Round(case=case, place_code=case.place_code, number=1, began_on=opened)
            for case in cases
        )
        for days, given in (
            (0, Given(answers={"channel": "干部定期排查", "clue": "户主住院，自付三万元"})),
            (2, Given(answers=VERIFIED)),
            (
                5,
                Given(
                    answers={**MEETING, "held_on": opened + timedelta(days=5)},
                    photos={"meeting_photo": [photo]},
                ),
            ),
        ):
            on = opened + timedelta(days=days)
            standing = list(Case.objects.filter(pk__in=[case.pk for case in cases]))
            carry_out(standing, given, circumstances(ENTERS, policy, on, now - (today - on)))


def log_in(today: date) -> dict[str, str]:
    """The operators of the bench, each with the cookie of a session."""
    cookies = {}
    for username, (role, place) in OPERATORS.items():
        with inside("bench"):
            accounts.add_operator(
                by="bench", username=username, display_name=username, place_code=place
            )
            accounts.grant_role(
                by="bench", username=username, role=role, place_code=place, valid_from=today
            )
            operator = Operator.objects.get(username=username)
        client = Client()
        with inside(username):
            client.force_login(operator, backend=ACCOUNTS)
        cookies[username] = client.cookies["sessionid"].value
    return cookies
