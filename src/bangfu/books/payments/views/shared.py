"""What the pages of payments share: data classes, words, the actor's place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from bangfu.books.households.models import Person
from bangfu.books.payments import people
from bangfu.books.payments.models import EntitlementStatus
from bangfu.books.places.queries import names
from bangfu.books.walls.scope import DataClass
from bangfu.core import places
from bangfu.core.errors import NotFoundError, UsageError
from bangfu.core.language import Text
from bangfu.core.payments.schemes import Scheme
from bangfu.core.policy.model import Value
from bangfu.core.sheets.locate import short_name
from bangfu.files.policy_folder import policy_in_force

PERSONS, MONEY = {DataClass.PERSONS}, {DataClass.MONEY}
# Batches are kept by county: below it nobody has pages of them.
COUNTY_ROLES = (*people.MAKERS, *people.FINANCE, "sector_department", "auditor")
NO_SCHEME = Text("没有这项补助。", "There is no such scheme.")
STEPS = {
    EntitlementStatus.APPLIED: Text("待乡镇审核", "waiting for the township"),
    EntitlementStatus.CHECKED: Text("待县级审批", "waiting for the county"),
    EntitlementStatus.APPROVED: Text("待公示", "to be put on notice"),
    EntitlementStatus.NOTICED: Text("已公示", "on notice or after it"),
    EntitlementStatus.REFUSED: Text("已退回", "sent back"),
}


def words_of(scheme: str) -> Text:
    """The name of a scheme."""
    return policy_in_force().schemes.words(scheme)


def with_villages(rows: list[Any]) -> list[Any]:
    """Rows with the name of their village."""
    named = names([row.place_code for row in rows])
    for row in rows:
        row.village = short_name(named.get(row.place_code, row.place_code))
    return rows


def with_names(rows: list[Any]) -> list[Any]:
    """Entitlements with the name of their person, and of their village."""
    households = {row.household_no for row in rows}
    persons = Person.objects.filter(household_id__in=households).only(
        "household_id", "person_no", "name"
    )
    known = {(person.household_id, person.person_no): person.name for person in persons}
    for row in rows:
        row.name = known.get((row.household_no, row.person_no)) or ""
    return with_villages(rows)


def scheme_of(scheme: str, place: str, request: HttpRequest) -> Scheme:
    """A scheme that is in force. NotFoundError."""
    try:
        return policy_in_force().schemes.find(scheme, place=place, on=request.today)
    except UsageError:
        raise NotFoundError(NO_SCHEME) from None


def numbers_of(scheme: Scheme, place: str, request: HttpRequest) -> list[Value]:
    """The policy values that a scheme pays and judges by at a place: its amounts, then those of its
    conditions, each as the nearest place states it."""
    policy = policy_in_force()
    named = [scheme.rate, scheme.most, scheme.cap]
    for condition in scheme.conditions:
        named += [each.node.key for each in condition.parameters.values()]
    found = {}
    for key in dict.fromkeys(filter(None, named)):
        nearest = (
            value
            for value in policy.in_force(key, request.today)
            if places.contains(value.place, place)
        )
        value = next(nearest, None)
        if value is not None:
            found[key] = value
    return list(found.values())


def own_place(request: HttpRequest) -> str:
    """The widest place the actor works at, the nation when none."""
    held = [role.place_code for role in request.actor.held]
    return max(held, key=lambda code: (-len(places.prefix(code)), code), default=places.NATION)
