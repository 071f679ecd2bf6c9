"""What every part of the API shares: pages by cursor, texts in two languages, refusals as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from django.db.models import QuerySet, TextChoices
from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from bangfu.core.errors import Problem
from bangfu.core.identity import left_out, number_in
from bangfu.core.language import Text


def _without_number(line: str) -> str:
    found = number_in(line)
    if found is not None:
        told = left_out(found)
        raise PydanticCustomError("personal_number", "{en}", {"zh": told.zh, "en": told.en})
    return line


# What a line of text may hold: no number of a person, and the database keeps no NUL.
Line = Annotated[
    str,
    StringConstraints(max_length=2000, pattern=r"^[^\x00]*$"),
    AfterValidator(_without_number),
]
PlaceCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
HouseholdNo = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,40}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Field(ge=1, le=200)]

# Why something is done: a line with more than spaces.
Reason = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00]*[^\x00-\x20][^\x00]*$"),
    AfterValidator(_without_number),
]

# Every operation may answer with these.
REFUSED = frozenset({400, 401, 403, 404, 409, 422, 503})


class Said(Schema):
    """A text in Chinese and in English."""

    zh: str
    en: str


class ProblemOut(Schema):
    """One thing wrong: where, what, what stands there, by which rule."""

    where: str
    text: Said
    value: str
    rule: str


class Refusal(Schema):
    """Why nothing was done, and every problem found. `request` names the request in the records."""

    error: Said
    problems: list[ProblemOut]
    request: str


class Body(Schema):
    """Base of what is sent: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


def written_out(values: type[StrEnum | TextChoices]) -> WithJsonSchema:
    """The schema of a closed list in its place: named schemas of two lists of one name would be one."""
    return WithJsonSchema({"type": "string", "enum": [str(each.value) for each in values]})


def said(text: Text) -> Said:
    """A text as it is written out."""
    return Said(zh=text.zh, en=text.en)


def refusal(text: Text, problems: Sequence[Problem], request_id: str) -> dict[str, Any]:
    """A refusal as it is written out."""
    listed = [
        ProblemOut(where=each.where, text=said(each.text), value=each.value, rule=each.rule)
        for each in problems
    ]
    return Refusal(error=said(text), problems=listed, request=request_id).model_dump()


Item = TypeVar("Item")


def page_of(
    query: QuerySet[Any],
    write: Callable[[Any], Item],
    *,
    after: str | int | None,
    limit: int,
) -> tuple[list[Item], Any]:
    """The rows after a key, in the order of keys, and the key to go on after; None at the end.

    Nothing is counted: one row more than asked for tells whether there is more.
    """
    if after is not None:
        query = query.filter(pk__gt=after)
    rows = list(query.order_by("pk")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return [write(row) for row in rows], rows[-1].pk if more else None
