"""Members come and go, and a household gets another head, each with its day and its document.

Every verb changes the rows, which keeps their history by trigger, and leaves a `Happening` and a
journal entry. They see and change households of the scope only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import transaction

from bangfu.books.households.actions.happening import (
    ARRIVALS,
    DEPARTURES,
    KINDS,
    Evidence,
    evidence_problems,
    record,
    refuse,
)
from bangfu.books.households.actions.names import index_names
from bangfu.books.households.actions.relations import HEAD, SPOUSE, members, relation_problems
from bangfu.books.households.models import Job, JobPlan, NameIndex, Person
from bangfu.books.households.queries import the_household
from bangfu.books.walls.guarded import sealed, token
from bangfu.core.errors import ConflictError, NotFoundError, Problem
from bangfu.core.facts import codes
from bangfu.core.identity import number_facts
from bangfu.core.language import Text
from bangfu.core.sheets.numbers import certificate_facts, tokens

BIRTH = "birth"
EARLIEST_BIRTH = 1900
# Children are registered late at times; who is older came into the household some other way. In years.
REGISTERED_WITHIN = 6


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who comes into a household. A newborn may have no number yet."""

    name: str
    sex: str
    birth: date
    relation: str
    certificate: str = ""
    person_no: str = ""


@transaction.atomic
def add_member(
    *, by: str, household_no: str, kind: str, member: NewMember, evidence: Evidence, today: date
) -> Person:
    """A birth or another arrival (`ARRIVALS`). InputError for a wrong number, relation or date."""
    household = the_household(household_no, lock=True)
    persons = members(household_no)
    problems = [
        *evidence_problems(kind, evidence, household.place_code, today),
        *_birth_problems(kind, member.birth, evidence.on),
        *_member_problems(member, persons),
    ]
    if kind not in ARRIVALS:
        problems.append(Problem("kind", Text("请选择增加的原因。", "Choose why.")))
    refuse(problems)
    person = Person.objects.create(
        household=household,
        place_code=household.place_code,
        person_no=member.person_no or _next_number(household_no, persons),
        name=member.name,
        sex=member.sex,
        birth=member.birth,
        relation=member.relation,
        **_certificate_columns(member.certificate),
    )
    index_names(household.place_code)
    record(by, household, kind, evidence, person=person)
    return person


@transaction.atomic
def remove_member(
    *, by: str, household_no: str, person_no: str, kind: str, evidence: Evidence, today: date
) -> None:
    """A death or another departure (`DEPARTURES`): natural decrease. History keeps the person.

    ConflictError for the head while others stay: they need a new head first.
    """
    household = the_household(household_no, lock=True)
    persons = members(household_no)
    person = _one(persons, person_no)
    problems = evidence_problems(kind, evidence, household.place_code, today)
    if kind not in DEPARTURES:
        problems.append(Problem("kind", Text("请选择减少的原因。", "Choose why.")))
    refuse(problems)
    if person.relation == HEAD and len(persons) > 1:
        raise ConflictError(
            Text(
                f"{person.name} 是户主。请先变更户主，再登记{KINDS[kind].zh}。",
                f"{person.name} is the head. Change the head first.",
            )
        )
    for rows in (Job, JobPlan):
        rows.objects.filter(household=household, person_no=person_no).delete()
    NameIndex.objects.filter(household_no=household_no, person_no=person_no).delete()
    record(by, household, kind, evidence, person=person)
    person.delete()


@transaction.atomic
def change_head(
    *,
    by: str,
    household_no: str,
    relations: Mapping[str, str],
    evidence: Evidence,
    today: date,
) -> None:
    """Another head, with everyone's relation to the new one (relation by person number)."""
    household = the_household(household_no, lock=True)
    persons = members(household_no)
    refuse(
        [
            *evidence_problems("head_change", evidence, household.place_code, today),
            *relation_problems(relations, persons),
        ]
    )
    before = {p.person_no: p.relation for p in persons}
    for person in persons:
        if person.relation != relations[person.person_no]:
            person.relation = relations[person.person_no]
            person.save(update_fields=["relation"])
    head = next(p for p in persons if p.relation == HEAD)
    record(by, household, "head_change", evidence, person=head, before=before)


def _one(persons: Sequence[Person], person_no: str) -> Person:
    for person in persons:
        if person.person_no == person_no:
            return person
    raise NotFoundError(Text("这一户没有这个人。", "This household has no such member."))


def _birth_problems(kind: str, birth: date, arrived: date) -> list[Problem]:
    problems = []
    if birth.year < EARLIEST_BIRTH:
        problems.append(Text("请核对出生年份。", "Check the year of birth."))
    elif birth > arrived:
        problems.append(
            Text("出生日期不能在发生日期之后。", "The birth lies after the day of the arrival.")
        )
    elif kind == BIRTH and arrived.year - birth.year > REGISTERED_WITHIN:
        problems.append(
            Text(
                f"出生已超过 {REGISTERED_WITHIN} 年，请选其他增加原因。",
                f"Born more than {REGISTERED_WITHIN} years before; choose another kind of arrival.",
            )
        )
    return [Problem("birth", text) for text in problems]


def _member_problems(member: NewMember, persons: Sequence[Person]) -> list[Problem]:
    problems = []
    if not member.name.strip():
        problems.append(Problem("name", Text("请填写姓名。", "A name is needed.")))
    if member.relation not in codes.RELATION:
        problems.append(Problem("relation", Text("请选择与户主的关系。", "Choose a relation.")))
    for single in (HEAD, SPOUSE):
        if member.relation == single and any(p.relation == single for p in persons):
            problems.append(
                Problem("relation", Text(f"这一户已有{single}。", f"There is a {single} already."))
            )
    if member.person_no and any(p.person_no == member.person_no for p in persons):
        problems.append(
            Problem("person_no", Text("这个人口编号已有人用。", "This number is taken."))
        )
    if member.certificate:
        facts = number_facts(member.certificate)
        if not facts.checksum_valid:
            problems.append(
                Problem(
                    "certificate",
                    Text("证件号码不对，请核对校验位。", "The number's check digit is wrong."),
                )
            )
        elif facts.birth and facts.birth != member.birth:
            problems.append(
                Problem(
                    "birth",
                    Text(
                        f"出生日期与证件号码不符，证件上是 {facts.birth}。",
                        f"The number says {facts.birth}.",
                    ),
                )
            )
    return problems


def _next_number(household_no: str, persons: Sequence[Person]) -> str:
    """A number for who has none yet: the household's with two digits behind it."""
    taken = {p.person_no for p in persons}
    return next(no for n in range(1, 100) if (no := f"{household_no}{n:02d}") not in taken)


def _certificate_columns(certificate: str) -> dict[str, object]:
    """What the books keep of a number: it sealed, its token, and the plain facts rules need."""
    if not certificate:
        return {}
    frame = pl.DataFrame({"certificate": [certificate.strip().upper()]})
    facts = frame.select(certificate_facts()).row(0, named=True)
    [sealed_number] = sealed(frame["certificate"].to_list(), "certificate")
    [number_token] = tokens(frame["certificate"], token)
    return {**facts, "certificate": sealed_number, "certificate_token": number_token}
