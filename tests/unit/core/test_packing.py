"""A rule answers of packed facts as of their text: every closed list, each of its values, one that it
lacks, and nothing."""

from datetime import date

import ibis
import pytest

from bangfu.core.facts.dictionary import is_closed, plain
from bangfu.core.facts.model import Kind, Table
from bangfu.core.facts.packing import first_digits, in_place, packed
from bangfu.core.facts.tables import typed
from bangfu.core.policy.rules import nodes
from bangfu.core.policy.rules.compile import Asking, Compiler
from bangfu.core.policy.rules.types import Type

UNLISTED = "未列出"
ASKING = Asking(date(2026, 10, 1), {})
WITH_LISTS = [table for table in Table if any(map(is_closed, plain(table).values()))]


@pytest.fixture(scope="module")
def duckdb():
    return ibis.duckdb.connect()


def given(fact):
    """What the column holds: the values one by one, and what is no value."""
    if fact.kind is Kind.CODE:
        return [*fact.values, UNLISTED, "", None]
    every = list(fact.values)
    return [*([each] for each in every), every, every[:2], [UNLISTED], [], None]


def conditions(fact):
    """Conditions of every kind that the language asks of such a fact."""
    ref, values = nodes.FactRef(fact), fact.values
    yield nodes.IsMissing(ref)
    if fact.kind is Kind.VALUES:
        for each in values:
            yield nodes.Holds(ref, nodes.Literal(each, Type.TEXT))
            yield nodes.Not(nodes.Holds(ref, nodes.Literal(each, Type.TEXT)))
        return
    # One value, a run, all, and two that do not stand together.
    for wanted in (values[:1], values[:2], values, (values[0], values[-1])):
        asked = nodes.In(ref, nodes.Options(wanted, Type.TEXT))
        yield asked
        yield nodes.Not(asked)
    starts = nodes.Options((values[-1][:2], "无此"), Type.TEXT)
    yield nodes.StartsWith(ref, starts)
    yield nodes.Contains(ref, nodes.Options((values[0][-1],), Type.TEXT))
    yield nodes.Compare("==", ref, nodes.Literal(values[-1], Type.TEXT))
    yield nodes.Compare("==", nodes.Literal(values[0], Type.TEXT), ref)
    named = nodes.Named("same", fact.table, ref, fact)
    yield nodes.In(named, nodes.Options(values[-1:], Type.TEXT))


def held(duckdb, table, facts):
    """The rows as a snapshot writes them, and as a part's file holds them."""
    rows = max(len(given(fact)) for fact in facts)
    columns = {f.name: given(f) + [None] * (rows - len(given(f))) for f in facts}
    kinds = {Kind.CODE: "text", Kind.VALUES: "text[]"}
    names = ", ".join(f'"{fact.name}" {kinds[fact.kind]}' for fact in facts)
    # Ibis's own create_table writes an empty statement with the sqlglot we are locked to.
    duckdb.con.execute(f"create or replace table text_{table} (row bigint, {names})")
    holes = ", ".join("?" * (len(facts) + 1))
    values = [[number, *each] for number, each in enumerate(zip(*columns.values(), strict=True))]
    duckdb.con.executemany(f"insert into text_{table} values ({holes})", values)
    text = duckdb.table(f"text_{table}")
    query = ibis.to_sql(text.select(**packed(table, text)), "duckdb")
    duckdb.con.execute(f"create or replace table packed_{table} as {query}")
    return text, duckdb.table(f"packed_{table}")


def answers(table, source, facts, asked):
    made = typed(table, source, [fact.name for fact in facts])
    columns = {nodes.FactRef(fact): made[fact.name] for fact in facts}
    compiler = Compiler(columns, ibis.literal("420527000000"), ASKING)
    truths = {f"asked_{number}": compiler.truth(each) for number, each in enumerate(asked)}
    found = source.select(row=source.row, **truths).order_by("row").to_pyarrow().to_pydict()
    return [found[name] for name in truths]


@pytest.mark.parametrize("table", WITH_LISTS)
def test_a_rule_answers_the_same_of_packed_facts(duckdb, table):
    facts = [fact for fact in plain(table).values() if is_closed(fact)]
    text, numbers = held(duckdb, table, facts)
    assert all(numbers[fact.name].type().is_integer() for fact in facts)
    asked = [condition for fact in facts for condition in conditions(fact)]
    expected = answers(table, text, facts, asked)
    for condition, ours, theirs in zip(
        asked, answers(table, numbers, facts, asked), expected, strict=True
    ):
        assert ours == theirs, condition
        assert True in ours or isinstance(condition, nodes.Not)


@pytest.mark.parametrize("table", WITH_LISTS)
def test_packed_facts_are_written_out_again(duckdb, table):
    facts = [fact for fact in plain(table).values() if is_closed(fact)]
    _, numbers = held(duckdb, table, facts)
    made = typed(table, numbers, [fact.name for fact in facts])
    compiler = Compiler({nodes.FactRef(f): made[f.name] for f in facts}, ibis.null(str), ASKING)
    values = {fact.name: compiler.value(nodes.FactRef(fact)) for fact in facts}
    found = numbers.select(row=numbers.row, **values).order_by("row").to_pyarrow().to_pydict()
    for fact in facts:
        expected = [
            None if each in (UNLISTED, "", [UNLISTED], []) else each for each in given(fact)
        ]
        assert found[fact.name][: len(expected)] == expected


@pytest.mark.parametrize("length", [2, 4, 6, 9, 12])
def test_the_digits_of_a_level_are_the_same_of_a_number(duckdb, length):
    codes = ("420527101207", "110101100201")
    asked = {}
    for code in codes:
        for kind, place in (("text", ibis.literal(code)), ("number", ibis.literal(int(code)))):
            asked[f"digits {kind} {code}"] = first_digits(place, length)
            for prefix in ("", "42", "4205271", codes[0][:length]):
                asked[f"in {prefix} {kind} {code}"] = in_place(place, prefix)
    duckdb.con.execute("create or replace table one (row bigint)")
    duckdb.con.execute("insert into one values (1)")
    (found,) = duckdb.table("one").select(**asked).to_pyarrow().to_pylist()
    for code in codes:
        assert found[f"digits text {code}"] == code[:length]
        assert found[f"digits number {code}"] == int(code[:length])
        for prefix in ("", "42", "4205271", codes[0][:length]):
            for kind in ("text", "number"):
                assert found[f"in {prefix} {kind} {code}"] == code.startswith(prefix)
