"""What happens to households and their members, each with its day and its document.

Every verb changes the rows, which keeps their history by trigger, and leaves a `Happening` and a
journal entry. They see and change households of the scope only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
from django.db import IntegrityError, connection, transaction

from bangfu.books.households.actions.names import index_names
from bangfu.books.households.models import (
    Happening,
    Household,
    IncomeItem,
    Job,
    JobPlan,
    NameIndex,
    Person,
)
from bangfu.books.journal import actions as journal
from bangfu.books.walls.guarded import sealed, token
from bangfu.core.errors import ConflictError, InputError, NotFoundError, Problem
from bangfu.core.facts import codes
from bangfu.core.identity import number_facts
from bangfu.core.language import Text
from bangfu.core.sheets.numbers import certificate_facts, tokens

HEAD, SPOUSE = "户主", "配偶"
ARRIVALS: dict[str, Text] = {
    "birth": Text("新生儿", "birth"),
    "marriage_in": Text("嫁入、入赘", "marriage into the household"),
    "move_in": Text("迁入", "moved in"),
    "return": Text("回归（服役、服刑、就学期满等）", "came back"),
    "other_in": Text("其他增加", "other addition"),
}
DEPARTURES: dict[str, Text] = {
    "death": Text("死亡", "death"),
    "marriage_out": Text("嫁出", "marriage out of the household"),
    "move_out": Text("迁出", "moved out"),
    "emigration": Text("出国定居", "settled abroad"),
    "other_out": Text("其他减少", "other removal"),
}
KINDS: dict[str, Text] = {
    **ARRIVALS,
    **DEPARTURES,
    "split": Text("分户", "split of the household"),
    "merge": Text("并户", "merger of households"),
    "head_change": Text("变更户主", "change of head"),
}
_NOT_HERE = Text(
    "没有这一户，或者它不在您的范围内。", "There is no such household, or it is not yours."
)


@dataclass(frozen=True, slots=True)
class NewMember:
    """Who comes into a household. A newborn may have no number yet."""

    name: str
    sex: str
    birth: date
    relation: str
    certificate: str = ""
    person_no: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The day it happened, the document that shows it (what it is and its number), a note."""

    on: date
    document: str
    note: str = ""


@transaction.atomic
def add_member(
    *, by: str, household_no: str, kind: str, member: NewMember, evidence: Evidence, today: date
) -> Person:
    """A birth or another arrival (`ARRIVALS`). InputError for a wrong number, relation or date."""
    household = _household(household_no)
    persons = _members(household_no)
    problems = [*_evidence_problems(evidence, today), *_member_problems(member, persons, today)]
    if kind not in ARRIVALS:
        problems.append(Problem("kind", Text("请选择增加的原因。", "Choose why.")))
    _refuse(problems)
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
    _record(by, household, kind, evidence, person=person)
    return person


@transaction.atomic
def remove_member(
    *, by: str, household_no: str, person_no: str, kind: str, evidence: Evidence, today: date
) -> None:
    """A death or another departure (`DEPARTURES`): natural decrease. History keeps the person.

    ConflictError for the head while others stay: they need a new head first.
    """
    household = _household(household_no)
    persons = _members(household_no)
    person = _one(persons, person_no)
    problems = _evidence_problems(evidence, today)
    if kind not in DEPARTURES:
        problems.append(Problem("kind", Text("请选择减少的原因。", "Choose why.")))
    _refuse(problems)
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
    _record(by, household, kind, evidence, person=person)
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
    household = _household(household_no)
    persons = _members(household_no)
    _refuse([*_evidence_problems(evidence, today), *_relation_problems(relations, persons)])
    before = {p.person_no: p.relation for p in persons}
    for person in persons:
        if person.relation != relations[person.person_no]:
            person.relation = relations[person.person_no]
            person.save(update_fields=["relation"])
    head = next(p for p in persons if p.relation == HEAD)
    _record(by, household, "head_change", evidence, person=head, before=before)


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
    household = _household(household_no)
    persons = _members(household_no)
    going = [p for p in persons if p.person_no in leaving]
    remaining = [p for p in persons if p.person_no not in leaving]
    problems = _evidence_problems(evidence, today)
    if not new_no.isascii() or not new_no.isdigit():
        problems.append(Problem("new_no", Text("新户编号应为数字。", "A number is needed.")))
    if not going or not remaining:
        problems.append(
            Problem(
                "",
                Text("分户后两户都要有人。", "Both households must have members after the split."),
            )
        )
    problems += _relation_problems(leaving, going) + _relation_problems(staying, remaining)
    _refuse(problems)
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
    _record(by, household, "split", evidence, other=new_no)
    _record(by, new, "split", evidence, other=household_no)
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
    household, target = _household(household_no), _household(into)
    if household_no == into or household.place_code != target.place_code:
        raise InputError(
            Text("只能并入同村的另一户。", "Merge into another household of the same village."),
            [Problem("into", Text("应为同村另一户的户编号。", "Another number of this village."))],
        )
    persons = [*_members(household_no), *_members(into)]
    taken = {p.person_no for p in persons if p.household_id == into}
    for person in persons:
        if person.household_id == household_no and person.person_no in taken:
            raise ConflictError(
                Text(
                    f"两户都有人口编号 {person.person_no}，请先改正。",
                    f"Both households have the person number {person.person_no}; correct it first.",
                )
            )
    _refuse([*_evidence_problems(evidence, today), *_relation_problems(relations, persons)])
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
    _record(by, household, "merge", evidence, other=into)
    _record(by, target, "merge", evidence, other=household_no)
    household.delete()


def _household(household_no: str) -> Household:
    found = Household.objects.select_for_update().filter(pk=household_no).first()
    if found is None:
        raise NotFoundError(_NOT_HERE)
    return found


def _members(household_no: str) -> list[Person]:
    return list(Person.objects.filter(household_id=household_no).order_by("person_no"))


def _one(persons: Sequence[Person], person_no: str) -> Person:
    for person in persons:
        if person.person_no == person_no:
            return person
    raise NotFoundError(Text("这一户没有这个人。", "This household has no such member."))


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(Text("还有需要改的地方。", "Something needs changing."), problems)


def _refuse_taken(household_no: str) -> None:
    if Household.objects.filter(pk=household_no).exists():
        raise InputError(
            Text("这个户编号已有人用。", "This number is taken."),
            [Problem("new_no", Text("这个户编号已有人用。", "This number is taken."))],
        )


def _evidence_problems(evidence: Evidence, today: date) -> list[Problem]:
    problems = []
    if evidence.on > today:
        problems.append(Problem("on", Text("日期不能在今天之后。", "The day lies in the future.")))
    if not evidence.document.strip():
        problems.append(
            Problem(
                "document",
                Text(
                    "请写明凭证，如出生医学证明、死亡证明、户口迁移证的名称和编号。",
                    "Name the document that shows it, with its number.",
                ),
            )
        )
    return problems


def _member_problems(member: NewMember, persons: Sequence[Person], today: date) -> list[Problem]:
    problems = []
    if not member.name.strip():
        problems.append(Problem("name", Text("请填写姓名。", "A name is needed.")))
    if member.birth > today:
        problems.append(
            Problem("birth", Text("出生日期不能在今天之后。", "The birth lies in the future."))
        )
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


def _relation_problems(relations: Mapping[str, str], persons: Sequence[Person]) -> list[Problem]:
    """Everyone has a relation; exactly one is the head, at most one the spouse."""
    problems = []
    if set(relations) != {p.person_no for p in persons}:
        problems.append(
            Problem("", Text("每个人都要有与户主的关系。", "Everybody needs a relation."))
        )
    wrong = sorted(set(relations.values()) - set(codes.RELATION))
    if wrong:
        problems.append(Problem("", Text(f"没有这种关系：{wrong[0]}。", f"Unknown: {wrong[0]}.")))
    held = list(relations.values())
    if held.count(HEAD) != 1:
        problems.append(
            Problem("", Text("要有且只有一个户主。", "There must be exactly one head."))
        )
    if held.count(SPOUSE) > 1:
        problems.append(Problem("", Text("最多一个配偶。", "There is at most one spouse.")))
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


def _record(
    by: str,
    household: Household,
    kind: str,
    evidence: Evidence,
    *,
    person: Person | None = None,
    other: str = "",
    before: object = None,
) -> None:
    Happening.objects.create(
        place_code=household.place_code,
        household_no=household.household_no,
        person_no=person.person_no if person else "",
        person_name=(person.name or "") if person else "",
        kind=kind,
        happened_on=evidence.on,
        document=evidence.document,
        note=evidence.note,
        other_no=other,
    )
    journal.write(
        by=by,
        place_code=household.place_code,
        verb=f"households.{kind}",
        subject=f"household {household.household_no}",
        reason=evidence.document,
        before=before,
        after={"on": evidence.on.isoformat(), **({"other": other} if other else {})},
    )
