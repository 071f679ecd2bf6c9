"""Typed nodes of the rule language. Frozen, compared by meaning: two rules that ask the same thing
of the same rows hold equal nodes, and the plan computes it once.

Every node is told by its own fields; `type` is the type of its value. Source text kept for showing
(`label`) takes no part in comparison.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum

from bangfu.core.facts.dictionary import plain
from bangfu.core.facts.model import Fact, Table
from bangfu.core.policy.rules.types import KIND_TYPES, Scalar, Type


@dataclass(frozen=True)
class Node:
    """Anything with a value."""

    @property
    def type(self) -> Type:
        raise NotImplementedError

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes inside this one, in order."""
        found: list[Node] = []
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, tuple):
                found.extend(each for each in value if isinstance(each, Node))
        return tuple(found)


@dataclass(frozen=True)
class Condition(Node):
    """A node that is true or false, never missing."""

    @property
    def type(self) -> Type:
        return Type.BOOL


@dataclass(frozen=True)
class Literal(Node):
    value: Scalar
    kind: Type

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True)
class Options(Node):
    """A written list of literals of one type."""

    values: tuple[Scalar, ...]
    kind: Type

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True)
class Parameter(Node):
    """A named number of a rule: its own `values`, or the `key` of a policy value, resolved for the
    place of the row and the date asked for. `many` says that it is a list."""

    kind: Type
    many: bool
    values: tuple[Scalar, ...] = ()
    key: str = ""
    name: str = field(default="", compare=False)

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True)
class Today(Node):
    """The date the rules are asked for."""

    @property
    def type(self) -> Type:
        return Type.DATE


@dataclass(frozen=True)
class FactRef(Node):
    """A plain fact of the row itself or of the household or village it belongs to."""

    fact: Fact

    @property
    def type(self) -> Type:
        return KIND_TYPES[self.fact.kind]


@dataclass(frozen=True)
class Named(Node):
    """A derived fact or a definition, with what it stands for. `fact` is None for a definition."""

    name: str
    table: Table | None
    body: Node
    fact: Fact | None = None

    @property
    def type(self) -> Type:
        return self.body.type


@dataclass(frozen=True)
class IsMissing(Condition):
    argument: Node


@dataclass(frozen=True)
class Not(Condition):
    argument: Node


@dataclass(frozen=True)
class And(Condition):
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Condition):
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class Compare(Condition):
    """`operator` is one of == < <= > >=; != is the negation of ==. False when a side is missing."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class In(Condition):
    argument: Node
    options: Options | Parameter


@dataclass(frozen=True)
class Holds(Condition):
    """Whether a list of values holds a text."""

    values: Node
    text: Node


@dataclass(frozen=True)
class StartsWith(Condition):
    text: Node
    options: Options | Parameter


@dataclass(frozen=True)
class Contains(Condition):
    """Whether a text contains one of the options."""

    text: Node
    options: Options | Parameter


@dataclass(frozen=True)
class Arithmetic(Node):
    """`operator` is one of + - *. Exact; missing when a side is missing."""

    operator: str
    left: Node
    right: Node
    kind: Type

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True)
class Ratio(Node):
    """A division that is never carried out: it may only be compared, by multiplying out."""

    over: Node
    under: Node
    kind: Type

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True)
class Call(Node):
    """length, size, age, months, year, month, month_no."""

    name: str
    arguments: tuple[Node, ...]
    kind: Type

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True)
class Choose(Node):
    """`then` where the condition holds, else `other`; without `other`, missing."""

    condition: Node
    then: Node
    other: Node | None

    @property
    def type(self) -> Type:
        return self.then.type


@dataclass(frozen=True)
class Collect(Node):
    """A list of values made of texts, the missing ones left out."""

    arguments: tuple[Node, ...]

    @property
    def type(self) -> Type:
        return Type.VALUES


class Relation(StrEnum):
    """Rows that belong to a row: `members` of a household, `jobs` and `plans` of a person,
    `incomes` of a household, `households` of a village."""

    MEMBERS = "members"
    JOBS = "jobs"
    PLANS = "plans"
    INCOMES = "incomes"
    HOUSEHOLDS = "households"


PARENT = {
    Relation.MEMBERS: Table.HOUSEHOLD,
    Relation.JOBS: Table.PERSON,
    Relation.PLANS: Table.PERSON,
    Relation.INCOMES: Table.HOUSEHOLD,
    Relation.HOUSEHOLDS: Table.VILLAGE,
}
CHILD = {
    Relation.MEMBERS: Table.PERSON,
    Relation.JOBS: Table.JOB,
    Relation.PLANS: Table.PLAN,
    Relation.INCOMES: Table.INCOME,
    Relation.HOUSEHOLDS: Table.HOUSEHOLD,
}
# What a row can see: its own table first, then those it belongs to.
VISIBLE = {
    Table.JOB: (Table.JOB, Table.PERSON, Table.HOUSEHOLD, Table.VILLAGE),
    Table.PLAN: (Table.PLAN, Table.PERSON, Table.HOUSEHOLD, Table.VILLAGE),
    Table.INCOME: (Table.INCOME, Table.HOUSEHOLD, Table.VILLAGE),
    Table.PERSON: (Table.PERSON, Table.HOUSEHOLD, Table.VILLAGE),
    Table.HOUSEHOLD: (Table.HOUSEHOLD, Table.VILLAGE),
    Table.VILLAGE: (Table.VILLAGE,),
}
# The columns that tell a row; the rows of a relation carry the keys of the table they belong to.
KEYS = {
    Table.VILLAGE: ("place_code",),
    Table.HOUSEHOLD: ("place_code", "household_no"),
    Table.PERSON: ("place_code", "household_no", "person_no"),
}
# The number that an engine may give to a row's keys, to join on it.
NUMBER = {Table.HOUSEHOLD: "household_id", Table.PERSON: "person_id"}
# The fact that orders rows whose stated order is equal.
TIE_BREAK = {
    Relation.MEMBERS: FactRef(plain(Table.PERSON)["person_no"]),
    Relation.JOBS: FactRef(plain(Table.JOB)["row_no"]),
    Relation.PLANS: FactRef(plain(Table.PLAN)["row_no"]),
    Relation.INCOMES: FactRef(plain(Table.INCOME)["item"]),
    Relation.HOUSEHOLDS: FactRef(plain(Table.HOUSEHOLD)["household_no"]),
}


@dataclass(frozen=True)
class OfRows(Node):
    """A value told by the rows of a relation: one aggregate of the plan."""

    relation: Relation
    label: str = field(compare=False)

    @property
    def home(self) -> Table:
        """The table whose rows have this value."""
        return PARENT[self.relation]


@dataclass(frozen=True)
class AnyRow(OfRows):
    """Whether some row meets the condition."""

    condition: Node

    @property
    def type(self) -> Type:
        return Type.BOOL


@dataclass(frozen=True)
class CountRows(OfRows):
    condition: Node

    @property
    def type(self) -> Type:
        return Type.INT


@dataclass(frozen=True)
class SumRows(OfRows):
    """The sum of what is not missing in the rows that meet the condition; 0 without any."""

    value: Node
    condition: Node

    @property
    def type(self) -> Type:
        return self.value.type


@dataclass(frozen=True)
class PickRow(OfRows):
    """`value` of the first or last row that meets the condition, ordered by `by` and the tie-break;
    a row whose `by` is missing comes before the others."""

    last: bool
    value: Node
    condition: Node
    by: tuple[FactRef, ...]

    @property
    def type(self) -> Type:
        return self.value.type


@dataclass(frozen=True)
class Overlaps(OfRows):
    """Whether some row starts before the end of the row before it."""

    start: FactRef
    end: FactRef

    @property
    def type(self) -> Type:
        return Type.BOOL


@dataclass(frozen=True)
class Conflicts(OfRows):
    """Whether two rows with the same non-missing `same` differ in `value`, blank counted as one."""

    value: FactRef
    same: FactRef

    @property
    def type(self) -> Type:
        return Type.BOOL


@dataclass(frozen=True)
class Shared(Node):
    """How many persons carry the same non-missing value; `elsewhere` counts other households."""

    fact: Fact
    elsewhere: bool

    @property
    def type(self) -> Type:
        return Type.INT

    @property
    def home(self) -> Table:
        return Table.PERSON


def walk(node: Node) -> list[Node]:
    """The node and all inside it, outermost first."""
    found = [node]
    for child in node.children:
        found.extend(walk(child))
    return found
