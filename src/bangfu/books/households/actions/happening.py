"""What every happening of a household leaves: its day, its document, a row and a journal entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bangfu.books.households.models import Happening, Household, Person
from bangfu.books.journal import actions as journal
from bangfu.books.places.days import day_problem
from bangfu.core.errors import InputError, Problem
from bangfu.core.language import Text

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

# What usually shows it; where a kind is not listed, anything that does.
DOCUMENTS: dict[str, Text] = {
    "birth": Text("出生医学证明", "the certificate of birth"),
    "marriage_in": Text("结婚证", "the certificate of marriage"),
    "move_in": Text("户口迁移证", "the certificate of the move of residence"),
    "return": Text("释放证明、毕业证", "a certificate of release or of graduation"),
    "death": Text("死亡证明", "the certificate of death"),
    "marriage_out": Text("结婚证", "the certificate of marriage"),
    "move_out": Text("户口迁移证", "the certificate of the move of residence"),
    "emigration": Text("户口注销证明", "the certificate of cancelled residence"),
    "split": Text("分户申请和户口簿", "the application and the residence booklet"),
    "merge": Text("并户申请和户口簿", "the application and the residence booklet"),
    "head_change": Text("户主变更申请和户口簿", "the application and the residence booklet"),
}
_OTHER_DOCUMENT = Text("村委会证明", "a certificate of the village committee")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The day it happened, the document that shows it (what it is and its number), a note."""

    on: date
    document: str
    note: str = ""


def evidence_problems(kind: str, evidence: Evidence, place_code: str, today: date) -> list[Problem]:
    """What is wrong with the day, or missing of the document that shows a happening of this kind."""
    problems = []
    wrong = day_problem(evidence.on, place_code=place_code, today=today)
    if wrong is not None:
        problems.append(Problem("on", wrong))
    if not evidence.document.strip():
        paper = document_of(kind)
        problems.append(
            Problem(
                "document",
                Text(
                    f"请写明凭证的名称和编号，如{paper.zh}。",
                    f"Name the document that shows it, such as {paper.en}, with its number.",
                ),
            )
        )
    return problems


def document_of(kind: str) -> Text:
    """The document that usually shows a happening of this kind."""
    return DOCUMENTS.get(kind, _OTHER_DOCUMENT)


def refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(Text("还有需要改的地方。", "Something needs changing."), problems)


def record(
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
