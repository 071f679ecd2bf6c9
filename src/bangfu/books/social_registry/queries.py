"""Searches mapped onto households (Group) and persons (Member). A search sees the scope's rows only.

Three forms: an identifier and its value; predicates, each two comparisons and how they join; an
expression of $and, $or, $not over comparisons. All of them become one condition on persons, from which
the members are listed, or the households they are in.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bangfu.books.households.models import Household, Person
from bangfu.books.households.searching import ID_LENGTH
from bangfu.books.social_registry.messages import Criteria, Sort, plain
from bangfu.books.walls.guarded import token
from bangfu.core import places

MOST_FOUND = 1_000
PAGE, LARGEST_PAGE = 50, 200
DEEPEST = 5
_SEX = {"male": "男", "female": "女", "m": "男", "f": "女", "1": "男", "2": "女"}


class RefusedError(Exception):
    """A search that is not carried out: a status reason code of the specification and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _criteria(message: str) -> RefusedError:
    return RefusedError("rjct.search_criteria.invalid", message)


@dataclass(frozen=True, slots=True)
class Found:
    """One page: `entity` is Group or Member, `rows` its households or persons, `total` of all pages."""

    entity: str
    rows: Sequence[Any]
    page_size: int
    page_number: int
    total: int


def search(criteria: Criteria, *, allowed: Collection[str], today: date) -> Found:
    """Carry a search out. RefusedError when it asks what is not known or not `allowed`, in an order or
    a page that is not possible, or finds more than a search may."""
    query, entity = matching(criteria, allowed=allowed, today=today)
    total = query.order_by()[: MOST_FOUND + 1].count()
    if total > MOST_FOUND:
        raise RefusedError(
            "rjct.search.too_many_records_found",
            f"More than {MOST_FOUND} records were found; narrow the search.",
        )
    size, number = _page(criteria)
    rows = list(query.order_by(*_order(criteria.sort, entity))[(number - 1) * size : number * size])
    return Found(entity, rows, size, number, total)


def matching(
    criteria: Criteria, *, allowed: Collection[str], today: date
) -> tuple[QuerySet[Any], str]:
    """The households (Group) or persons (Member) of the scope that criteria mean, and which of both.
    RefusedError when they ask what is not known or not `allowed`."""
    condition, entity = _condition(criteria, allowed, today)
    entity = criteria.response_entity or _record_type(criteria.reg_record_type) or entity
    persons = Person.objects.filter(condition) if not _counts(condition) else _sized(condition)
    if entity == "Group":
        return Household.objects.filter(pk__in=persons.values("household_id")), entity
    return persons, entity


RECORD_TYPES = {"Group": "Group", "SRGroup": "Group", "Member": "Member", "Person": "Member"}


def _record_type(written: str | None) -> str | None:
    if written is None:
        return None
    kind = RECORD_TYPES.get(plain(written))
    if kind is None:
        raise _criteria("The record types are Group and Member.")
    return kind


def _page(criteria: Criteria) -> tuple[int, int]:
    asked = criteria.pagination
    if asked is None:
        return PAGE, 1
    if asked.page_size > LARGEST_PAGE or asked.page_number > MOST_FOUND:
        raise RefusedError(
            "rjct.pagination.invalid", f"A page holds at most {LARGEST_PAGE} records."
        )
    return asked.page_size, asked.page_number


_ORDERS = {
    "Group": {"household_id": "pk", "location": "place_code", "monitored_class": "monitored_class"},
    "Member": {"household_id": "household_id", "location": "place_code", "birth_date": "birth"},
}
_LAST = {"Group": ("pk",), "Member": ("household_id", "person_no")}


def _order(sort: Sequence[Sort], entity: str) -> list[str]:
    columns = []
    for each in sort:
        column = _ORDERS[entity].get(each.attribute_name)
        if column is None:
            raise RefusedError("rjct.sort.invalid", f"{entity} is not sorted by that attribute.")
        columns.append(f"{'-' if each.sort_order == 'desc' else ''}{column}")
    return [*columns, *_LAST[entity]]


def _counts(condition: Q) -> bool:
    return any(
        _counts(child) if isinstance(child, Q) else str(child[0]).startswith("size")
        for child in condition.children
    )


def _sized(condition: Q) -> QuerySet[Person]:
    counted = (
        Person.objects.filter(household_id=OuterRef("household_id"))
        .order_by()
        .values("household_id")
        .annotate(members=Count("pk"))
        .values("members")
    )
    size = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    return Person.objects.annotate(size=size).filter(condition)


# What each form of query asks.


def _condition(criteria: Criteria, allowed: Collection[str], today: date) -> tuple[Q, str]:
    """The condition on persons, and whether households or members are meant when nothing says so."""
    reader = _Reader(allowed, today)
    if criteria.query_type == "idtype-value":
        return reader.identifier(criteria.query)
    if criteria.query_type == "predicate":
        return reader.predicates(criteria.query), "Member"
    return reader.expression(criteria.query)


@dataclass(frozen=True, slots=True)
class _Reader:
    allowed: Collection[str]
    today: date

    def identifier(self, query: Any) -> tuple[Q, str]:
        if not isinstance(query, Mapping) or not isinstance(query.get("type"), str):
            raise _criteria("The query is {type, value}.")
        kind, value = plain(query["type"]), query.get("value")
        if isinstance(value, Mapping):
            value = value.get("value")
        if not isinstance(value, str) or not value or not value.isprintable():
            raise _criteria("The value of an identifier is a text.")
        if kind not in IDENTIFIERS or kind not in self.allowed:
            raise _criteria(f"This registration does not search by {_repeatable(kind)}.")
        entity, make = IDENTIFIERS[kind]
        return make(value), entity

    def predicates(self, query: Any) -> Q:
        if not isinstance(query, list) or not 0 < len(query) <= 20:
            raise _criteria("A predicate query is a list of predicates.")
        if not all(isinstance(each, Mapping) for each in query):
            raise _criteria("A predicate is an object.")
        try:
            ordered = sorted(query, key=lambda each: float(each.get("seq_num", 0)))
        except (TypeError, ValueError):
            raise _criteria("A sequence number is a number.") from None
        return reduce(operator.and_, map(self._predicate, ordered))

    def _predicate(self, written: Mapping[str, Any]) -> Q:
        first = self._compared(written.get("expression1"))
        if "expression2" not in written:
            return ~first if written.get("condition") == "not" else first
        second = self._compared(written["expression2"])
        joined: dict[Any, Callable[[Q, Q], Q]] = {
            "and": operator.and_,
            "or": operator.or_,
            "not": lambda one, other: one & ~other,
        }
        condition = written.get("condition")
        if not isinstance(condition, str) or condition not in joined:
            raise _criteria("Two comparisons are joined by and, or, not.")
        return joined[condition](first, second)

    def _compared(self, written: Any) -> Q:
        if not isinstance(written, Mapping):
            raise _criteria("A comparison is {attribute_name, operator, attribute_value}.")
        return self.comparison(
            written.get("attribute_name"), written.get("operator"), written.get("attribute_value")
        )

    def expression(self, query: Any) -> tuple[Q, str]:
        written = query
        for name in ("value", "expression"):
            if isinstance(written, Mapping) and name in written:
                written = written[name]
        if not isinstance(written, Mapping) or not isinstance(written.get("query"), Mapping):
            raise _criteria("An expression is {collection, query}.")
        entity = written.get("collection", "Member")
        if entity not in ("Group", "Member"):
            raise _criteria("The collections are Group and Member.")
        return self._tree(written["query"], 1), entity

    def _tree(self, written: Any, depth: int) -> Q:
        if not isinstance(written, Mapping) or not 0 < len(written) <= 20 or depth > DEEPEST:
            raise _criteria("The expression is not understood.")
        return reduce(
            operator.and_, (self._node(key, value, depth) for key, value in written.items())
        )

    def _node(self, key: str, value: Any, depth: int) -> Q:
        if key in ("$and", "$or"):
            if not isinstance(value, list) or not 0 < len(value) <= 20:
                raise _criteria(f"{key} takes a list.")
            join = operator.and_ if key == "$and" else operator.or_
            return reduce(join, (self._tree(each, depth + 1) for each in value))
        if key == "$not":
            return ~self._tree(value, depth + 1)
        compared = value if isinstance(value, Mapping) else {"$eq": value}
        if not compared:
            raise _criteria("A comparison is missing.")
        return reduce(
            operator.and_,
            (self.comparison(key, _SIGNS.get(str(sign)), each) for sign, each in compared.items()),
        )

    def comparison(self, name: Any, sign: Any, value: Any) -> Q:
        if not isinstance(name, str) or name not in ATTRIBUTES or name not in self.allowed:
            raise _criteria(f"This registration does not search by {_repeatable(name)}.")
        if not isinstance(sign, str) or sign not in _LOOKUPS:
            raise _criteria("The operators are gt, lt, eq, ge, le, in.")
        values = value if isinstance(value, list) else [value]
        if (sign != "in" and isinstance(value, list)) or not 0 < len(values) <= 100:
            raise _criteria("The operator does not take this value.")
        make = ATTRIBUTES[name]
        return reduce(operator.or_, (make(sign, each, self.today) for each in values))


def _repeatable(name: Any) -> str:
    """A name as an error repeats it: nothing that could be somebody's number."""
    return name if isinstance(name, str) and name.isidentifier() else "this"


_LOOKUPS = {"gt": "gt", "lt": "lt", "eq": "exact", "in": "exact", "ge": "gte", "le": "lte"}
_SIGNS = {
    "$gt": "gt",
    "$lt": "lt",
    "$eq": "eq",
    "$gte": "ge",
    "$ge": "ge",
    "$lte": "le",
    "$le": "le",
    "$in": "in",
}


# What may be asked: each makes the condition of a comparison.


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= 200:
        raise _criteria("The value is a text.")
    return value


def _whole(value: Any) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise _criteria("The value is a whole number.") from None
    if not 0 <= number <= 1_000_000:
        raise _criteria("The number is out of range.")
    return number


def _equal_only(sign: str) -> None:
    if sign not in ("eq", "in"):
        raise _criteria("This attribute is compared by eq and in.")


def _equals(column: str, read: Callable[[Any], Any] = _text) -> Callable[[str, Any, date], Q]:
    def make(sign: str, value: Any, today: date) -> Q:
        _equal_only(sign)
        return Q((column, read(value)))

    return make


def _yes_no(value: Any) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise _criteria("The value is true or false.")


def _sex(value: Any) -> str:
    known = _SEX.get(_text(value).lower())
    if known is None:
        raise _criteria("The value is male or female.")
    return known


def _size(sign: str, value: Any, today: date) -> Q:
    return Q((f"size__{_LOOKUPS[sign]}", _whole(value)))


def _born(today: date, years: int) -> date:
    """The day on which who is `years` old today was born at the latest."""
    year = max(today.year - years, 1)
    last = today.month == 2 and today.day == 29
    return date(year, 2, 28) if last else today.replace(year=year)


def _age(sign: str, value: Any, today: date) -> Q:
    """Completed years: who is n or older was born by today n years ago."""
    years = min(_whole(value), 200)
    least = Q(birth__lte=_born(today, years))
    more = Q(birth__lte=_born(today, years + 1))
    return {
        "ge": least,
        "gt": more,
        "lt": Q(birth__gt=_born(today, years)),
        "le": Q(birth__gt=_born(today, years + 1)),
        "eq": least & Q(birth__gt=_born(today, years + 1)),
        "in": least & Q(birth__gt=_born(today, years + 1)),
    }[sign]


def _birth(sign: str, value: Any, today: date) -> Q:
    try:
        day = date.fromisoformat(_text(value))
    except ValueError:
        raise _criteria("The value is a date.") from None
    return Q((f"birth__{_LOOKUPS[sign]}", day))


def _location(sign: str, value: Any, today: date) -> Q:
    _equal_only(sign)
    code = _text(value)
    if not places.is_code(code):
        raise _criteria("A location is a place's 12-digit code.")
    low, high = places.code_range(code)
    return Q(place_code__gte=low, place_code__lt=high)


def _risk(sign: str, value: Any, today: date) -> Q:
    _equal_only(sign)
    wanted = _text(value)
    return reduce(operator.or_, (Q((f"household__risk_{n}", wanted)) for n in range(1, 6)))


def _certificate(value: str) -> Q:
    return Q(certificate_token=token(value.strip().upper()[:ID_LENGTH]))


ATTRIBUTES: Mapping[str, Callable[[str, Any, date], Q]] = {
    "age": _age,
    "birth_date": _birth,
    "sex": _equals("sex", _sex),
    "gender": _equals("sex", _sex),
    "location": _location,
    "household_id": _equals("household_id"),
    "group_size": _size,
    "monitored_class": _equals("household__monitored_class"),
    "risk_type": _risk,
    "risk_removed": _equals("household__risk_removed", _yes_no),
}
IDENTIFIERS: Mapping[str, tuple[str, Callable[[str], Q]]] = {
    "HOUSEHOLD_ID": ("Group", lambda value: Q(household_id=value)),
    "UIN": ("Member", _certificate),
    "NIN": ("Member", _certificate),
    "MOBILE": ("Member", lambda value: Q(phone_token=token(value.strip()))),
}
SEARCHABLE = frozenset({*ATTRIBUTES, *IDENTIFIERS})
