"""The check catalogue as one plan over a snapshot: every rule in force, each a column of hits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, and_, or_

import ibis
import ibis.expr.types as ir

from bangfu.core.errors import Problem
from bangfu.core.facts.model import Table
from bangfu.core.facts.packing import in_place
from bangfu.core.language import Text
from bangfu.core.places import contains, prefix
from bangfu.core.policy.model import Check
from bangfu.core.policy.resolve import Policy
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compile import Asking, Compiler
from bangfu.core.policy.rules.compose import Composer, Keep, lazily
from bangfu.core.policy.rules.nodes import KEYS, Node
from bangfu.core.policy.rules.types import Scalar

_GRAINS = (Table.HOUSEHOLD, Table.PERSON, Table.VILLAGE)
# A whole number of 64 bits keeps its sign.
_BITS = 62


@dataclass(frozen=True)
class Plan:
    """Checks with their parameters resolved for a date and for the places of a snapshot.

    `unanswered` tells which rules are not asked in which places, because a parameter has no value
    there on that date.
    """

    checks: tuple[Check, ...]
    asking: Asking
    unanswered: tuple[Problem, ...]


@dataclass(frozen=True)
class Shown:
    """One value that a finding shows: what it is called and the column that holds it."""

    label: str
    column: str


@dataclass(frozen=True)
class Flag:
    """Where a rule's answer stands: a bit of a column of whole numbers.

    A hundred flags a row as two numbers are written, filtered and fetched far faster than as a
    hundred columns.
    """

    column: str
    bit: int


@dataclass(frozen=True)
class Legend:
    """What a table of hits of one grain says: where a check's answer stands, and what its findings
    show, both by id."""

    grain: Table
    flags: Mapping[str, Flag]
    shown: Mapping[str, tuple[Shown, ...]]


@dataclass(frozen=True)
class Hits:
    """The rows of one grain in which some rule fires, with a flag a rule and the values it names."""

    rows: ir.Table
    legend: Legend


def compile_checks(
    checks: Iterable[Check], policy: Policy, on: date, places: Iterable[str]
) -> Plan:
    """The plan of the checks for a date and for the places (12-digit codes) of a snapshot."""
    checks = tuple(checks)
    places = sorted(set(places))
    parameters = {}
    unanswered = []
    for key, users in _keys(checks).items():
        by_place = _by_place(policy, key, on, places)
        parameters[key] = by_place
        without = [place for place in places if not _covered(place, by_place)]
        if without:
            unanswered.append(_unanswered(key, users, on, without))
    return Plan(checks, Asking(on, parameters), tuple(unanswered))


def ask(conditions: Iterable[Node], policy: Policy, on: date, places: Iterable[str]) -> Asking:
    """What single conditions are asked with: the date and their parameters by place."""
    places = sorted(set(places))
    keys = {node.key for condition in conditions for node in _with_key(condition)}
    return Asking(on, {key: _by_place(policy, key, on, places) for key in sorted(keys)})


def _with_key(condition: Node) -> list[nodes.Parameter]:
    walked = nodes.walk(condition)
    return [node for node in walked if isinstance(node, nodes.Parameter) and node.key]


def _keys(checks: Iterable[Check]) -> dict[str, list[str]]:
    """The policy keys that the checks name, with the checks that name them."""
    keys: dict[str, list[str]] = {}
    for check in checks:
        for key in sorted({node.key for node in _with_key(check.condition)}):
            keys.setdefault(key, []).append(check.id)
    return keys


def _by_place(
    policy: Policy, key: str, on: date, places: Sequence[str]
) -> list[tuple[str, tuple[Scalar, ...]]]:
    """The values in force that matter to the places, the most specific first."""
    found: list[tuple[str, tuple[Scalar, ...]]] = []
    for value in policy.in_force(key, on):
        held = value.value if isinstance(value.value, tuple) else (value.value,)
        if places and all(contains(value.place, place) for place in places):
            # It covers every row: what lies above it is never asked.
            return [*found, ("" if not found else prefix(value.place), held)]
        if any(contains(value.place, place) or contains(place, value.place) for place in places):
            found.append((prefix(value.place), held))
    return found


def _covered(place: str, by_place: Sequence[tuple[str, tuple[Scalar, ...]]]) -> bool:
    return any(place.startswith(outer) for outer, _ in by_place)


def _unanswered(key: str, users: Sequence[str], on: date, places: Sequence[str]) -> Problem:
    shown = ", ".join(places[:3]) + (" …" if len(places) > 3 else "")
    return Problem(
        key,
        Text(
            f"“{key}”在 {on} 对 {shown} 没有值，这些地方不做检查 {'、'.join(users)}。",
            f'"{key}" has no value on {on} for {shown}; not checked there: {", ".join(users)}.',
        ),
        value=shown,
        rule=", ".join(users),
    )


# --- hits --------------------------------------------------------------------------------------


def hits(plan: Plan, sources: Mapping[Table, ir.Table], keep: Keep = lazily) -> Iterator[Hits]:
    """One table of hits for every grain that has checks, over the tables of a snapshot.

    They come one by one, so that an engine may fetch one while the next is put together.
    """
    composer = Composer(sources, plan.asking, keep)
    by_grain: dict[Table, list[Check]] = {}
    for check in plan.checks:
        by_grain.setdefault(check.grain, []).append(check)
    asked = {grain: [check.condition for check in by_grain.get(grain, [])] for grain in _GRAINS}
    if asked[Table.HOUSEHOLD] or asked[Table.PERSON]:
        below = {Table.PERSON: asked[Table.PERSON]}
        composer.lay(Table.HOUSEHOLD, asked[Table.HOUSEHOLD], below)
    for grain in _GRAINS:
        if asked[grain]:
            yield _of_grain(composer, grain, by_grain[grain])


def _of_grain(composer: Composer, grain: Table, checks: Sequence[Check]) -> Hits:
    flags = {
        check.id: Flag(f"flags_{number // _BITS}", 1 << number % _BITS)
        for number, check in enumerate(checks)
    }
    view = composer.view(grain, [check.condition for check in checks])
    compiler = view.compiler(composer.asking)
    words: dict[str, list[ir.IntegerValue]] = {}
    for check in checks:
        flag = flags[check.id]
        answer = _fires(check, compiler).ifelse(ibis.literal(flag.bit, "int64"), 0)
        words.setdefault(flag.column, []).append(answer)
    keys = composer.keys(grain)
    flagged = view.rows.select(*keys, **{name: reduce(add, each) for name, each in words.items()})
    fired = composer.keep(flagged.filter(reduce(or_, (flagged[name] != 0 for name in words))))
    named = {check.id: named_values(check.condition) for check in checks}
    distinct = dict.fromkeys(node for values in named.values() for _, node in values)
    columns = {node: f"value_{number}" for number, node in enumerate(distinct)}
    # Only the rows that fire are asked for values.
    over = composer.view(grain, distinct, only=fired)
    values = over.compiler(composer.asking)
    shown = over.rows.select(
        *KEYS[grain],
        *(key for key in keys if key not in KEYS[grain]),
        **{columns[node]: values.value(node) for node in distinct},
    )
    rows = shown.join(fired, list(keys))
    labels = {
        rule: tuple(Shown(label, columns[node]) for label, node in values)
        for rule, values in named.items()
    }
    return Hits(rows, Legend(grain, flags, labels))


def _fires(check: Check, compiler: Compiler) -> ir.BooleanValue:
    """The condition, in the place of the check and where all its parameters have a value."""
    fires = [compiler.truth(check.condition)]
    if prefix(check.place):
        fires.append(in_place(compiler.place, prefix(check.place)))
    for node in dict.fromkeys(_with_key(check.condition)):
        outer = [place for place, _ in compiler.asking.parameters[node.key]]
        if "" not in outer:
            somewhere = (in_place(compiler.place, place) for place in outer)
            fires.append(reduce(or_, somewhere, ibis.literal(False)))
    return reduce(and_, fires)


def named_values(condition: Node) -> list[tuple[str, Node]]:
    """What a rule names at its own grain, as (label, node): facts, derived facts, what it asks of
    rows, and parameters that differ by place."""
    found: dict[str, Node] = {}
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        match node:
            case nodes.FactRef(fact=fact):
                found.setdefault(fact.name, node)
            case nodes.Named(name=name, fact=fact) if fact is not None:
                found.setdefault(name, node)
            case nodes.OfRows(label=label):
                found.setdefault(label, node)
                waiting.extend(_with_key(node))
            case nodes.Shared(fact=fact, elsewhere=elsewhere):
                found.setdefault(f"shared{'_elsewhere' * elsewhere}({fact.name})", node)
            case nodes.Parameter(key=key, name=name, many=many) if key and not many:
                found.setdefault(name, node)
            case _:
                waiting.extend(reversed(node.children))
    return list(found.items())
