"""Households and persons as the records of the Social Registry: Group and Member.

No phone and no bank number; an ID number only where the client's registration says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bangfu.books.households.models import Household, Person
from bangfu.books.walls.guarded import opened

_SEX = {"男": "male", "女": "female"}


def records(rows: Sequence[Any], entity: str, *, numbers: bool) -> list[dict[str, Any]]:
    """Households (Group) or persons (Member) as records; with `numbers` persons carry their ID number."""
    if entity == "Group":
        return _groups(rows, numbers=numbers)
    return [_member(person, numbers=numbers) for person in rows]


def _groups(households: Sequence[Household], *, numbers: bool) -> list[dict[str, Any]]:
    members: dict[str, list[dict[str, Any]]] = {household.pk: [] for household in households}
    for person in Person.objects.filter(household_id__in=members).order_by("person_no"):
        members[person.household_id].append(_member(person, numbers=numbers))
    return [
        _filled(
            {
                "@type": "Group",
                "group_identifier": [_identifier("HOUSEHOLD_ID", household.pk)],
                "group_type": "household",
                "place": {"@type": "Place", "place_code": household.place_code},
                "group_size": len(members[household.pk]),
                "member_list": members[household.pk],
                "monitored_class": household.monitored_class,
                "risk_type": [
                    risk for n in range(1, 6) if (risk := getattr(household, f"risk_{n}"))
                ],
                "risk_removed": household.risk_removed,
            }
        )
        for household in households
    ]


def _member(person: Person, *, numbers: bool) -> dict[str, Any]:
    identifiers = [
        _identifier("HOUSEHOLD_ID", person.household_id),
        _identifier("MEMBER_NO", person.person_no),
    ]
    if numbers and person.certificate is not None:
        identifiers.append(_identifier("UIN", opened(person.certificate, "certificate")))
    return {
        "@type": "Member",
        "member_identifier": identifiers,
        "demographic_info": _filled(
            {
                "@type": "Person",
                "name": {"@type": "Name", "full_name": person.name} if person.name else None,
                "sex": _SEX.get(person.sex or ""),
                "birth_date": person.birth.isoformat() if person.birth else None,
                "address": {"place_code": person.place_code},
            }
        ),
    }


def _identifier(kind: str, value: str) -> dict[str, str]:
    return {"@type": "Identifier", "identifier_type": kind, "identifier_value": value}


def _filled(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if value is not None}
