"""Households divide and join (分户、并户): members, incomes and what refers to them follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import IntegrityError, connection, transaction

from bangfu.books.households.actions.happening import Evidence, evidence_problems, record, refuse
from bangfu.books.households.actions.relations import members, relation_problems
from bangfu.books.households.models import Happening, Household, IncomeItem, Person
from bangfu.books.households.queries import the_household
from bangfu.core.errors import ConflictError, InputError, Problem
from bangfu.core.language import Text


@transaction.atomic
def split_household(
    *,
    by: str,
    household_no: str,
    new_no: str,
    leaving: Mapping[str, str],
    staying: Mapping[str, str],
    evidence: Evidence,
    today: date,
) -> Household:
    """Some members become a household of their own under `new_no`, in the same village.

    `leaving` and `staying` hold each person's relation to the head of their household afterwards. The
    year's incomes stay with the old household; the new one is not monitored until it is recognised.
    """
    household = the_household(household_no, lock=True)
    persons = members(household_no)
    going = [p for p in persons if p.person_no in leaving]
    remaining = [p for p in persons if p.person_no not in leaving]
    problems = evidence_problems("split", evidence, household.place_code, today)
    if not new_no.isascii() or not new_no.isdigit():
        problems.append(Problem("new_no", Text("新户编号应为数字。", "A number is needed.")))
    if not going or not remaining:
        problems.append(
            Problem(
                "",
                Text("分户后两户都要有人。", "Both households must have members after the split."),
            )
        )
    problems += relation_problems(leaving, going) + relation_problems(staying, remaining)
    refuse(problems)
    _refuse_taken(new_no)
    new = Household.objects.create(
        household_no=new_no,
        place_code=household.place_code,
        household_type=household.household_type,
    )
    _move(going, new_no)
    for person_no, relation in {**leaving, **staying}.items():
        Person.objects.filter(household_id__in=(household_no, new_no), person_no=person_no).update(
            relation=relation
        )
    record(by, household, "split", evidence, other=new_no)
    record(by, new, "split", evidence, other=household_no)
    return new


@transaction.atomic
def merge_households(
    *,
    by: str,
    household_no: str,
    into: str,
    relations: Mapping[str, str],
    evidence: Evidence,
    today: date,
) -> None:
    """All members of a household join another of the same village; incomes are added up.

    `relations` holds everyone's relation to the head of the household that stays. The emptied
    household leaves the books; its history stays under its number.
    """
    household = the_household(household_no, lock=True)
    target = the_household(into, lock=True)
    if household_no == into or household.place_code != target.place_code:
        raise InputError(
            Text("只能并入同村的另一户。", "Merge into another household of the same village."),
            [Problem("into", Text("应为同村另一户的户编号。", "Another number of this village."))],
        )
    persons = [*members(household_no), *members(into)]
    taken = {p.person_no for p in persons if p.household_id == into}
    for person in persons:
        if person.household_id == household_no and person.person_no in taken:
            raise ConflictError(
                Text(
                    f"两户都有人口编号 {person.person_no}，请先改正。",
                    f"Both households have the person number {person.person_no}; correct it first.",
                )
            )
    refuse(
        [
            *evidence_problems("merge", evidence, household.place_code, today),
            *relation_problems(relations, persons),
        ]
    )
    if household.monitored_class and not household.risk_removed and not target.monitored_class:
        raise ConflictError(
            Text(
                "要并入的户不是监测对象，而本户仍在监测。请先办理风险消除或识别。",
                "This household is monitored and the other is not: settle its risk first.",
            )
        )
    _move([p for p in persons if p.household_id == household_no], into)
    for person_no, relation in relations.items():
        Person.objects.filter(household_id=into, person_no=person_no).update(relation=relation)
    _add_incomes(household_no, target)
    _follow(household_no, into)
    record(by, household, "merge", evidence, other=into)
    record(by, target, "merge", evidence, other=household_no)
    household.delete()


def _refuse_taken(household_no: str) -> None:
    # What a household got stays under its number, also after it joined another.
    left = Happening.objects.filter(household_no=household_no, kind="merge")
    if Household.objects.filter(pk=household_no).exists() or left.exists():
        raise InputError(
            Text("这个户编号已有人用。", "This number is taken."),
            [Problem("new_no", Text("这个户编号已有人用。", "This number is taken."))],
        )


def _move(persons: Sequence[Person], to: str) -> None:
    """Members change their household; their work rows and index follow by the composite key."""
    for person in persons:
        Person.objects.filter(pk=person.pk).update(household_id=to)


def _add_incomes(household_no: str, target: Household) -> None:
    for item in IncomeItem.objects.filter(household_id=household_no):
        same = IncomeItem.objects.filter(household=target, year=item.year, item=item.item).first()
        if same is None:
            IncomeItem.objects.filter(pk=item.pk).update(household_id=target.pk)
        else:
            same.fen += item.fen
            same.save(update_fields=["fen"])
            item.delete()


# Tables of later apps (measures, visits, cases) that refer to a household by its number and place.
_REFERRING = """
select conrelid::regclass::text from pg_constraint
where confrelid = 'households_household'::regclass and contype = 'f'
  and conrelid not in ('households_person'::regclass, 'households_incomeitem'::regclass)
order by 1
"""


def _follow(household_no: str, into: str) -> None:
    """What refers to a household follows it into the one it joins.

    ConflictError when the two cannot be one there: an open case of one kind in each.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFERRING)
        for (table,) in cursor.fetchall():
            try:
                with transaction.atomic():
                    cursor.execute(
                        f"update {table} set household_no = %s where household_no = %s",
                        [into, household_no],
                    )
            except IntegrityError as fault:
                raise ConflictError(
                    Text(
                        "两户各有一件未办完的同类事项，请先办完或撤回其中一件。",
                        "Both have something open of one kind: finish or withdraw one first.",
                    )
                ) from fault
