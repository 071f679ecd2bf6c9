"""Which members a household's finding is about.

A rule of households that asks of its members (any, count, first, last) fires for the household; the
person to look for is one of them. So does a rule of persons that asks nothing of the person itself: it
fires for everyone in the household, whoever is meant. This pass asks the members of fired households
the same questions again, and names the first few who meet them, each with the values that the question
names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis.expr.types as ir
import polars as pl

from bangfu.core.facts.model import Table
from bangfu.core.policy.model import Check
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compose import Composer, Keep
from bangfu.core.policy.rules.nodes import KEYS, Node, Relation
from bangfu.core.policy.rules.types import Type
from bangfu.core.screening.checks import Hits, Plan, named_values
from bangfu.core.screening.findings import shown

# How many members a finding names; it counts them all.
NAMED = 5
_HOME = list(KEYS[Table.HOUSEHOLD])


@dataclass(frozen=True)
class Question:
    """What a rule asks of one member, and what that names: (label, node)."""

    condition: Node
    values: tuple[tuple[str, Node], ...]


# By rule: which column holds the truth of each of its questions, and which (label, column) its values.
Asked = Mapping[str, Sequence[tuple[str, Sequence[tuple[str, str]]]]]


@dataclass(frozen=True)
class Witnesses:
    """The members who may be meant: `rows` has a member of a fired household a row."""

    rows: ir.Table
    asked: Asked


def questions(condition: Node) -> list[Question]:
    """What a rule asks of members, so that meeting it speaks for the rule.

    What must hold of nobody, or of all, points at nobody in particular.
    """
    found = dict.fromkeys(_asked_of_members(condition, positive=True))
    return list(found)


def tells_of_household(check: Check) -> bool:
    """Whether a rule says something of a household as a whole, though it may be raised for each person."""
    if check.grain is Table.PERSON:
        return not _asks_itself(check.condition)
    return check.grain is Table.HOUSEHOLD


def _asks_itself(node: Node) -> bool:
    """Whether a rule of persons asks something of the person that it is raised for."""
    match node:
        case nodes.OfRows(home=home):
            return home is Table.PERSON
        case nodes.FactRef(fact=fact):
            return fact.table is Table.PERSON
        case nodes.Shared():
            return True
        case _:
            return any(_asks_itself(child) for child in node.children)


def _asked_of_members(node: Node, *, positive: bool) -> Iterator[Question]:
    match node:
        case nodes.Not(argument=argument):
            yield from _asked_of_members(argument, positive=not positive)
        case nodes.AnyRow(condition=condition) | nodes.CountRows(condition=condition):
            yield from _question(node, condition, positive)
        case nodes.PickRow(condition=condition, value=value):
            yield from _question(node, condition, positive, value)
        case nodes.OfRows():
            return
        case _:
            for child in node.children:
                yield from _asked_of_members(child, positive=positive)


def _question(
    node: nodes.OfRows, condition: Node, positive: bool, *more: Node
) -> Iterator[Question]:
    if (
        not positive
        or node.relation is not Relation.MEMBERS
        or isinstance(condition, nodes.Literal)
    ):
        return
    named = dict(pair for each in (condition, *more) for pair in named_values(each))
    # A token says nothing to an official.
    values = tuple((label, each) for label, each in named.items() if each.type is not Type.TOKEN)
    yield Question(condition, values)


def witnesses(
    plan: Plan,
    sources: Mapping[Table, ir.Table],
    made: Sequence[Hits],
    keep: Keep,
) -> Witnesses | None:
    """The members of the households that the findings are about; None when no rule asks of members.

    It is put together before anybody knows which rules fire, so that it is the same whatever they say.
    """
    by_rule = {
        check.id: asked
        for check in plan.checks
        if tells_of_household(check) and (asked := questions(check.condition))
    }
    if not by_rule:
        return None
    homes = [_homes(hits, rules) for hits in made if (rules := by_rule.keys() & hits.legend.flags)]
    fired = keep(reduce(ir.Table.union, homes).distinct())
    every = dict.fromkeys(question for asked in by_rule.values() for question in asked)
    truths = {question: f"meets_{number}" for number, question in enumerate(every)}
    values = dict.fromkeys(node for question in every for _, node in question.values)
    columns = {node: f"member_value_{number}" for number, node in enumerate(values)}
    composer = Composer(sources, plan.asking, keep)
    wanted = [*(question.condition for question in every), *values]
    view = composer.view(Table.PERSON, wanted, only=fired)
    compiler = view.compiler(plan.asking)
    rows = view.rows.select(
        *KEYS[Table.PERSON],
        **{name: compiler.truth(question.condition) for question, name in truths.items()},
        **{name: compiler.value(node) for node, name in columns.items()},
    )
    told = {
        rule: tuple(
            (truths[question], tuple((label, columns[node]) for label, node in question.values))
            for question in asked
        )
        for rule, asked in by_rule.items()
    }
    return Witnesses(rows.filter(reduce(or_, (rows[name] for name in truths.values()))), told)


def _homes(hits: Hits, rules: Iterable[str]) -> ir.Table:
    """The households in which one of the rules fires."""
    masks: dict[str, int] = {}
    for rule in sorted(rules):
        flag = hits.legend.flags[rule]
        masks[flag.column] = masks.get(flag.column, 0) | flag.bit
    some = ((hits.rows[column] & mask) != 0 for column, mask in masks.items())
    return hits.rows.filter(reduce(or_, some)).select(*_HOME)


def with_members(found: pl.DataFrame, asked: Asked, rows: pl.DataFrame | None) -> pl.DataFrame:
    """The findings with `members`: JSON of how many members are meant, and the first few of them.

    {"count": 2, "named": [{"person_no": …, "values": {…}}, …]}; null where a finding is not about
    single members. `rows` are the rows of the witnesses; None when no rule asks of members.
    """
    fired = [rule for rule in found["rule"].unique(maintain_order=True) if rule in asked]
    if rows is None or not fired:
        return found.with_columns(pl.lit(None, pl.String).alias("members"))
    rows = rows.sort(KEYS[Table.PERSON])
    parts = [_of_rule(rule, asked[rule], rows) for rule in fired]
    return found.join(pl.concat(parts), on=["rule", *_HOME], how="left", maintain_order="left")


def _of_rule(
    rule: str, asked: Sequence[tuple[str, Sequence[tuple[str, str]]]], rows: pl.DataFrame
) -> pl.DataFrame:
    """A household a row: the members who meet a question of the rule, as JSON."""
    meets = [pl.col(truth) for truth, _ in asked]
    named = dict(pair for _, values in asked for pair in values)
    member = [pl.col("person_no")]
    if named:
        values = [shown(rows[column]).alias(label) for label, column in named.items()]
        rows = rows.with_columns(pl.struct(values).alias("values"))
        member.append(pl.col("values"))
    grouped = (
        rows.filter(pl.any_horizontal(meets))
        .group_by(_HOME)
        .agg(pl.len().alias("count"), pl.struct(member).head(NAMED).alias("named"))
    )
    return grouped.select(
        pl.lit(rule).alias("rule"),
        *_HOME,
        pl.struct("count", "named").struct.json_encode().alias("members"),
    )
