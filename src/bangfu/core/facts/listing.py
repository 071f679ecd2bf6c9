"""The page that lists every fact and every parameter a rule can name (docs/reference/facts.md)."""

from __future__ import annotations

from collections.abc import Iterable

from bangfu.core.facts.derived import DERIVED
from bangfu.core.facts.dictionary import FACTS
from bangfu.core.facts.model import Fact, Kind, Table

_HEAD = """# Facts and parameters

Written by the program from `core/facts`; do not edit. A rule at person grain sees the facts of the
person, of its household and of its village; at household grain those of the household and its village.
Inside `any(jobs, …)` and the like it sees the row's own facts as well. Guarded facts are encrypted:
rules read the plain facts derived from them.
"""
_TITLES = {
    Table.HOUSEHOLD: "Household (户)",
    Table.PERSON: "Person (人)",
    Table.JOB: "Work row (已外出务工), rows `jobs`",
    Table.PLAN: "Plan row (计划外出务工), rows `plans`",
    Table.INCOME: "Income item (收入明细), rows `incomes`",
    Table.VILLAGE: "Village (行政村)",
}
_KINDS = {
    Kind.TEXT: "text",
    Kind.CODE: "text, closed list",
    Kind.VALUES: "list of values",
    Kind.YES_NO: "yes/no",
    Kind.FEN: "money",
    Kind.INT: "whole number",
    Kind.DECIMAL: "decimal",
    Kind.DATE: "date",
    Kind.MONTH: "month",
    Kind.GUARDED: "guarded",
    Kind.TOKEN: "token",
}


def facts_page(parameters: Iterable[tuple[str, str]] = ()) -> str:
    """The page, in Markdown. `parameters` are (name, units) of the rules' parameters."""
    parts = [_HEAD]
    for table, title in _TITLES.items():
        parts += [f"## {title}\n", _facts(FACTS[table]), ""]
    parts += ["## Derived facts\n", _derived(), ""]
    listed = list(parameters)
    if listed:
        parts += ["## Parameters\n", _parameters(listed), ""]
    return "\n".join(parts)


def _facts(facts: Iterable[Fact]) -> str:
    lines = ["| name | sheet | type | meaning | values |", "|---|---|---|---|---|"]
    lines += [
        _line(f"`{fact.name}`", fact.zh, _KINDS[fact.kind], fact.en, "、".join(fact.values))
        for fact in facts
    ]
    return "\n".join(lines)


def _derived() -> str:
    lines = ["| name | of a | type | meaning | definition |", "|---|---|---|---|---|"]
    lines += [
        _line(
            f"`{item.fact.name}` {item.fact.zh}",
            str(item.fact.table),
            _KINDS[item.fact.kind],
            item.fact.en,
            f"`{item.expression}`",
        )
        for item in DERIVED
    ]
    return "\n".join(lines)


def _parameters(parameters: Iterable[tuple[str, str]]) -> str:
    lines = ["| name | units |", "|---|---|"]
    lines += [_line(f"`{name}`", units) for name, units in parameters]
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
